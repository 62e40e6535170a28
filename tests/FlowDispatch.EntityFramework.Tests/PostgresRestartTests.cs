using FlowDispatch.EntityFramework.Postgres;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>A server that loses power in the middle of a run and comes back.</summary>
public sealed class PostgresRestartTests : StoreConformance<PostgresRestartTests.Restarted>
{
    [Fact]
    public async Task What_was_acknowledged_is_there_again_and_a_commit_made_again_is_made_once()
    {
        var execution = await RunningAsync(40, sliceSize: 20);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease, 1);
        Assert.True(await MarkAsync(lease, items));
        var commit = new DispatchCommit { Number = NextCommit(), Changes = [.. items.Take(7).Select(i => Accepted(i))] };
        Assert.True(await Store.Claims.CommitAsync(lease, commit, Cancellation));

        await Restarted.Server!.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => ClaimAsync(lease));
        await Restarted.Server.StartAgainAsync();

        // One connection that broke takes the others along, so that this is the last failure.
        Assert.True(await Store.Claims.CommitAsync(lease, commit, Cancellation));
        Assert.True(await CommitAsync(lease, items.Skip(7).Select(i => Accepted(i))));
        var rest = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, rest));
        Assert.True(await CommitAsync(lease, rest.Select(i => Accepted(i))));

        Assert.Equal(40, (await ConsistentAsync(execution)).Rows.Sent);
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal((RecipientStatus.Sent, 1), (r.Status, r.Attempts)));
    }

    [Fact]
    public async Task A_commit_that_the_server_gave_up_is_made_again_and_counted_once()
    {
        var execution = await RunningAsync(40);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, items));
        await using var source = NpgsqlDataSource.Create(Restarted.Server!.Connection("restarted"));
        await using var giveUpOnce = source.CreateCommand("""
            CREATE SEQUENCE tries;
            CREATE FUNCTION give_up_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('tries') = 1 THEN RAISE EXCEPTION 'as in a deadlock' USING ERRCODE = '40P01'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER once BEFORE INSERT ON fd_commits FOR EACH ROW EXECUTE FUNCTION give_up_once();
            """);
        await giveUpOnce.ExecuteNonQueryAsync(Cancellation);

        Assert.True(await CommitAsync(lease, items.Select(i => Accepted(i))));

        Assert.Equal(40, (await ConsistentAsync(execution)).Rows.Sent);
    }

    public sealed class Restarted : IStoreFixture
    {
        private PostgresStore? _store;

        internal static PostgresServer? Server { get; private set; }

        public async Task<IStore> CreateAsync(TimeProvider time)
        {
            Server = await PostgresServer.StartAsync();
            _store = PostgresStoreFixture.Open(Server.Connection("restarted"), time);
            await _store.MigrateAsync(TestContext.Current.CancellationToken);
            return _store;
        }

        public Task<IStore> ReopenAsync() => Task.FromResult<IStore>(_store!);

        public async ValueTask DisposeAsync()
        {
            _store?.Dispose();
            await Server!.DisposeAsync();
        }
    }
}
