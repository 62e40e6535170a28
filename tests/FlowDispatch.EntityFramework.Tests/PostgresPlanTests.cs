using System.Text.Json;
using FlowDispatch.EntityFramework.Postgres;
using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.Store.Conformance.Servers;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>The plans of all that nodes run again and again, over 200,000 people: none reads a table from end to end, none sorts an execution.</summary>
public sealed class PostgresPlanTests(PostgresPlanTests.Filled filled) : IClassFixture<PostgresPlanTests.Filled>
{
    // A statement, its parameters' types, and values of somebody in the middle of the first execution (number 1: keys from 2^32).
    private static readonly (string Name, string Sql, string Types, string Values)[] Statements =
    [
        ("fence", PostgresCheck.Exactly(PostgresCommit.Fence, "1"), "bigint, bigint, int, bigint, bigint, int, int, int, int, int, int, int, int, int, int, int, text[], int[]", "NULL, 1, 1, 5, 4, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, -1, '{}', '{}'"),
        ("fold", PostgresCounters.Fold, "bigint, bigint, int", "1, 64, 1"),
        ("fold rest", PostgresCounters.FoldRest, "bigint, bigint, int", "1, 64, 1"),
        ("counters", $"SELECT * FROM ({PostgresCounters.Current}) c WHERE c.execution = $1", "int", "1"),
        (
            "list executions", $"SELECT e.*, c.* FROM fd_executions e JOIN ({PostgresCounters.Current}) c ON e.number = c.execution WHERE e.organization_id = $1 ORDER BY e.number DESC LIMIT 26",
            "text", "'acme'"),
        ("errors", PostgresCounters.Errors, "uuid", "'00000000-0000-7000-8000-000000000007'"),
        ("hold due", PostgresCommit.HoldDue, "bigint[], bigint, bigint, bigint[]", "'{4295000000}', 4295000000, 4295000001, '{4295000001}'"),
        ("ended", PostgresCommit.Ended, "bigint[], bigint", "'{4295000000}', 1"),
        ("pass", PostgresCommit.PassAll, "bigint, bigint, bigint, bigint[], bigint[], bool[], bigint", "1, 4295000000, 4295000001, '{4295000000}', '{4295000001}', '{t}', 2"),
        ("begin", PostgresCommit.Begin, "bigint, bigint", "1, 5"),
        ("follow", PostgresCommit.Follow, "bigint, bigint", "1, 4"),
        ("finish", PostgresClaims.Finish, "bigint", "1"),
        ("leave queue", RecipientWriter.LeaveQueue, "bigint[], bigint, bigint, bigint[]", "'{4295000000}', 4295000000, 4295000001, '{4295000001}'"),
        (
            "write alike", RecipientUpdate.AllAlike,
            "int, int, bool, int, int, bool, text, text, text, bigint, int, int, bool, int, bigint, bigint[], text[], bigint[], bigint[], bigint[], int",
            "3, 1, false, 1, 0, true, NULL, 'end', NULL, NULL, 0, 0, true, 0, NULL, '{4295000000}', '{m}', '{1}', '{1}', '{1}', 1"),
        (
            "write near", RecipientUpdate.AllNear,
            "int, int, bool, int, int, bool, text, text, text, bigint, int, int, bool, int, bigint, bigint, bigint, bool[], text[], bigint[], bigint[], bigint[], int",
            "3, 1, false, 1, 0, true, NULL, 'end', NULL, NULL, 0, 0, true, 0, NULL, 4295000000, 4295000002, '{t,f,t}', '{m,\"\",n}', '{1,0,1}', '{1,0,1}', '{1,0,1}', 2"),
        ("hold renewed", PostgresClaimStore.HoldRenewed, "bigint[]", "'{1,2}'"),
        ("renew", PostgresClaimStore.Renew, "bigint, bigint[], bigint", "NULL, '{1,2}', 1"),
        ("hold counted", PostgresLeases.HoldCounted, "uuid", "'00000000-0000-7000-8000-000000000007'"),
        ("recover", $"SELECT 1 {PostgresLeases.Unanswered}", "bigint, bigint", "4295000000, 4295000500"),
        ("holder", PostgresClaims.Holder, "bigint, bigint, int", "NULL, 1, 1"),
        ("claim due", PostgresClaims.Due(150), "bigint, int, bigint, int", "NULL, 1, 1, 150"),
        ("claim slice", PostgresClaims.NextSlice, "int, bigint", "1, 1"),
        ("read slice", PostgresClaims.OfSlice, "bigint, bigint", "4295000000, 4295000500"),
        ("read slice and conversations", PostgresClaims.OfSliceAndConversations, "bigint, bigint, text", "4295000000, 4295000500, 'line'"),
        ("read due", PostgresClaims.OfKeys, "bigint[], text", "'{4295000000,4295000001}', 'line'"),
        ("control", PostgresControl.Executions, "", ""),
        ("suppressed", PostgresControl.Suppressed, "bigint", "900000"),
        ("hold rows", PostgresTransitions.Held, "bigint[]", "'{4295000000,4295000001}'"),
        ("unanswered", PostgresTransitions.Unanswered, "bigint[]", "'{4295000000,4295000001}'"),
        (
            "write climb", RecipientUpdate.Climb, "bigint[], int[], int[], bigint[], bigint[], bigint[], int[], int[]",
            "'{4295000000,4295000001}', '{5,5}', '{3,3}', '{1,1}', '{1,1}', '{1,1}', '{4,4}', '{2,2}'"),
        ("ids by number", PostgresContactStore.IdsByNumber, "text, text[]", "'org', '{4915112345000007,4915112345000008}'"),
        ("by message", PostgresRecipientStore.ByMessage, "text[], text", "'{wamid.7}', 'line'"),
        ("latest", PostgresRecipientStore.Latest, "uuid[], text", "'{00000000-0000-7000-8000-000000000007,00000000-0000-7000-8000-000000000008}', 'line'"),
        ("told", PostgresRecipientStore.Told, "bigint[], text[]", "'{4295000000,4295000001}', '{wamid.7,wamid.8}'"),
        ("contacts", PostgresContactStore.NextPage, "text, uuid", "'acme', '00000000-0000-7000-8000-000000000007'"),
        ("inbox", PostgresInboxStore.Oldest(32_000), "bigint", "1000"),
        ("inbox packs", PostgresPacks.Oldest(32_000), "bigint", "1000"),
        ("hold inbox packs", PostgresPacks.Hold, "bigint[], int[]", "'{5,6}', '{1000,3}'"),
        ("drop inbox packs", PostgresPacks.Drop, "bigint[]", "'{5,6}'"),
        ("hold inbox", PostgresInboxStore.Hold, "bigint[]", "'{5,6}'"),
        ("drop inbox", PostgresInboxStore.Drop, "bigint[]", "'{5,6}'"),
        ("prune: next", PostgresPruning.Next, "bigint, text", "1000, NULL"),
        ("prune: lowest", PostgresPruning.Lowest, "bigint, bigint", "4294967296, 8589934591"),
        ("prune: rows", PostgresPruning.DeleteRows, "bigint, bigint", "4294967296, 4294968295"),
        ("prune: history", PostgresPruning.DeleteHistory, "bigint, bigint", "4294967296, 4294968295"),
        ("prune: messages", PostgresPruning.DeleteMessages, "text[], bigint, bigint", "'{m,n}', 4294967296, 4294968295"),
        ("prune: due", PruneSql.Followers[0], "bigint, bigint", "4294967296, 4294968295"),
        ("prune: slices", PruneSql.Followers[1], "bigint, bigint", "4294967296, 4294968295"),
        ("erase: find", PostgresRetentionStore.OfContact, "uuid, int, text", "'00000000-0000-7000-8000-000000000007', 0, 'acme'"),
        ("erase: hold", PostgresRetentionStore.HoldEnded, "bigint[]", "'{4295000000,4295000001}'"),
        ("erase: rows", PostgresRetentionStore.EraseRows, "bigint[]", "'{4295000000,4295000001}'"),
        ("erase: history", PostgresRetentionStore.EraseHistory, "bigint[]", "'{4295000000,4295000001}'"),
        ("erase: heard", PostgresRetentionStore.Heard, "bigint[]", "'{4295000000,4295000001}'"),
        ("erase: messages", PostgresRetentionStore.ForgetMessages, "text[], bigint[]", "'{m,n}', '{4295000000,4295000001}'"),
        ("erase: uploads", PostgresRetentionStore.UploadsWith, "text, uuid", "'acme', '00000000-0000-7000-8000-000000000007'"),
        ("erase: upload rows", PostgresRetentionStore.EraseUploadRows, "int[], uuid", "'{1,2}', '00000000-0000-7000-8000-000000000007'"),
        ("erase: inbox", PostgresRetentionStore.InboxPage, "bigint, int", "7, 1000"),
        ("erase: kept", PostgresErased.Kept, "text, text[]", "'acme', '{a,b}'"),
    ];

    private static readonly string[] Modes = ["force_generic_plan", "force_custom_plan"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Plans => new(
        from statement in Statements from mode in Modes select (statement.Name, mode));

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task It_searches_by_an_index_and_sorts_no_more_than_it_was_given(string name, string mode)
    {
        var statement = Statements.Single(s => s.Name == name);
        await using var connection = await filled.Source.OpenConnectionAsync(Cancellation);
        await RunAsync(connection, $"{PostgresDatabase.Settings}; SET plan_cache_mode = {mode}");
        await RunAsync(connection, $"PREPARE p{(statement.Types.Length == 0 ? "" : $"({statement.Types})")} AS {statement.Sql}");

        var plan = new List<string>();
        await using (var command = new NpgsqlCommand($"EXPLAIN (COSTS OFF) EXECUTE p{(statement.Values.Length == 0 ? "" : $"({statement.Values})")}", connection))
        await using (var row = await command.ExecuteReaderAsync(Cancellation))
        {
            while (await row.ReadAsync(Cancellation))
            {
                plan.Add(row.GetString(0));
            }
        }

        var text = string.Join('\n', plan);
        Assert.DoesNotContain("Seq Scan on fd_", text, StringComparison.Ordinal);
        if (name is "list executions" or "claim due" or "claim slice" or "read slice" or "contacts" or "inbox" or "prune: lowest" or "erase: find" or "erase: inbox")
        {
            Assert.DoesNotContain("Sort", text, StringComparison.Ordinal);
        }

        await RunAsync(connection, "DEALLOCATE p");
    }

    [Theory]
    [InlineData("fence")]
    [InlineData("hold due")]
    [InlineData("pass")]
    [InlineData("write alike")]
    [InlineData("write near")]
    [InlineData("leave queue")]
    [InlineData("finish")]
    [InlineData("claim slice")]
    [InlineData("read slice")]
    [InlineData("read slice and conversations")]
    public async Task What_every_commit_and_claim_runs_is_not_planned_anew_each_time(string name)
    {
        var statement = Statements.Single(s => s.Name == name);
        await using var connection = await filled.Source.OpenConnectionAsync(Cancellation);
        await RunAsync(connection, PostgresDatabase.Settings);
        await RunAsync(connection, $"PREPARE p({statement.Types}) AS {statement.Sql}");

        for (var i = 0; i < 10; i++)
        {
            await RunAsync(connection, $"EXPLAIN EXECUTE p({statement.Values})");
        }

        // The server makes five plans for the values it is given before it may take one for all.
        await using var plans = new NpgsqlCommand("SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE name = 'p'", connection);
        await using (var row = await plans.ExecuteReaderAsync(Cancellation))
        {
            Assert.True(await row.ReadAsync(Cancellation));
            Assert.Equal((5L, 5L), (row.GetInt64(0), row.GetInt64(1)));
        }

        await RunAsync(connection, "DEALLOCATE p");
    }

    [Theory]
    [InlineData("fd_counters", "sent = sent + 1, completed = completed + 1, pending = pending - 1, open = open + 1 WHERE execution = 1")]
    [InlineData("fd_leases", "committed = committed + 1, until = until + 1 WHERE token = 900001")]
    [InlineData("fd_slices", "position = position + 1 WHERE key = 4294967296")]
    [InlineData("fd_recipients", "status = 3, reached = 1, open = NOT open, attempts = attempts + 1, provider_message_id = attempts, sent_at = attempts WHERE key = 4294967296")]
    public async Task What_is_written_again_and_again_is_rewritten_in_place_and_no_index_learns_of_it(string table, string update)
    {
        await using var connection = await filled.Source.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await RunAsync(connection, "INSERT INTO fd_leases (token, execution, automation_id, node, slots, until, committed) VALUES (900001, 1, gen_random_uuid(), 'n', 1, 1, 0)");

        for (var i = 0; i < 5; i++)
        {
            await RunAsync(connection, $"UPDATE {table} SET {update}");
        }

        await using var rewritten = new NpgsqlCommand(
            $"SELECT pg_stat_get_xact_tuples_updated('{table}'::regclass), pg_stat_get_xact_tuples_hot_updated('{table}'::regclass)", connection);
        await using var row = await rewritten.ExecuteReaderAsync(Cancellation);
        Assert.True(await row.ReadAsync(Cancellation));
        Assert.Equal((5L, 5L), (row.GetInt64(0), row.GetInt64(1)));
    }

    [Fact]
    public async Task A_commit_passes_none_of_what_those_before_it_left_behind()
    {
        // Nothing that this transaction made old goes away while it lasts, as nothing does while a snapshot is held open.
        await using var connection = await filled.Source.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await RunAsync(connection, $"{PostgresDatabase.Settings}; SET plan_cache_mode = force_generic_plan");
        await RunAsync(connection, "INSERT INTO fd_leases (token, execution, automation_id, node, slots, until, committed) VALUES (900002, 1, gen_random_uuid(), 'n', 1, 9000000000000000000, 0)");
        foreach (var name in (string[])["fence", "pass", "fold"])
        {
            var statement = Statements.Single(s => s.Name == name);
            await RunAsync(connection, $"PREPARE {name}({statement.Types}) AS {statement.Sql}");
        }

        var touched = new List<int>();
        for (var (slice, number) = (0, 1); slice < 300; slice++)
        {
            var first = (1L << 32) + (slice * 150);
            await RunAsync(connection, $"UPDATE fd_slices SET token = 900002 WHERE key = {first}");
            for (var part = 0; part < 3; part++, number++)
            {
                var (from, to) = (first + (part * 50), first + (part * 50) + 49);
                var fence = await BlocksAsync(connection, $"fence(NULL, 900002, 1, {number}, {number - 1}, 50, 0, 0, 0, 50, 0, 0, 0, -50, 0, -50, '{{expired}}', '{{2}}')");

                // By outcomes: a quarter of them is in the queue, through which alone they could be marked.
                touched.Add(fence + await BlocksAsync(connection, $"pass(900002, {from}, {to}, '{{{from}}}', '{{{to}}}', '{{f}}', 0)"));
                if (number % 64 == 0)
                {
                    await RunAsync(connection, $"EXECUTE fold(900002, {number}, 1)");
                }
            }

            await RunAsync(connection, $"DELETE FROM fd_slices WHERE key = {first}");
        }

        // The first ones make pages and plans; from there on all are alike.
        var (early, late) = (touched.Skip(30).Take(60).Average(), touched.TakeLast(60).Average());
        Assert.InRange(late, 0, early + 10);
        await using var counted = new NpgsqlCommand($"SELECT sent FROM ({PostgresCounters.Current}) c WHERE c.execution = 1", connection);
        Assert.Equal(45_000, await counted.ExecuteScalarAsync(Cancellation));
        await using var failed = new NpgsqlCommand(PostgresCounters.Errors.Replace("$1", "(SELECT id FROM fd_executions WHERE number = 1)", StringComparison.Ordinal), connection);
        await using var row = await failed.ExecuteReaderAsync(Cancellation);
        Assert.True(await row.ReadAsync(Cancellation));
        Assert.Equal(("expired", 1_800), (row.GetString(0), row.GetInt32(1)));
    }

    private static async Task<int> BlocksAsync(NpgsqlConnection connection, string execute)
    {
        await using var explain = new NpgsqlCommand($"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE {execute}", connection);
        var plan = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(Cancellation))!).RootElement[0].GetProperty("Plan");
        return plan.GetProperty("Shared Hit Blocks").GetInt32() + plan.GetProperty("Shared Read Blocks").GetInt32();
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Two executions over 200,000 people, filled by the server itself; never analyzed, as just after planning.</summary>
    public sealed class Filled : IAsyncLifetime
    {
        private const string Fill = """
            INSERT INTO fd_contacts (organization_id, id, number, tags, custom_fields, opted_in, blocked, created_at, updated_at)
                SELECT 'acme', ('00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, g::text, '{}', '{}', TRUE, FALSE, 1, 1 FROM generate_series(1, 200000) g;
            INSERT INTO fd_recipients (key, execution, contact_id, phone_number, variables, status, reached, open, attempts, step_attempts, flow_completed, created_at)
                SELECT (e::bigint << 32) + g - 1, e, ('00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, g::text, '{}', 0, 0, TRUE, 0, 0, FALSE, 1
                FROM generate_series(1, 2) e, generate_series(1, 200000) g;
            INSERT INTO fd_slices (key, execution, count, position) SELECT (e::bigint << 32) + g, e, 150, 0 FROM generate_series(1, 2) e, generate_series(0, 199999, 150) g;
            INSERT INTO fd_due (key, execution, due_at, marked) SELECT key, execution, key, FALSE FROM fd_recipients WHERE key % 4 = 0;
            INSERT INTO fd_messages SELECT hashtextextended(key::text, 0), key FROM fd_recipients;
            INSERT INTO fd_inbox (event, received_at, due_at, tries) SELECT '{}', g, g, 0 FROM generate_series(1, 50000) g;
            INSERT INTO fd_inbox_packs (received_at, count, receipts) SELECT g, 1000, '' FROM generate_series(1, 50000) g;
            INSERT INTO fd_suppressions (contact_id, suppression) SELECT id, 1 FROM fd_contacts WHERE number::int % 10 = 0;
            INSERT INTO fd_executions (number, id, organization_id, automation_id, status, paused_by_automation, type, created_at, channel_id, priority, max_concurrent,
                    owes_returns, test_mode, plan_token, next_ordinal, snapshot)
                SELECT g, gen_random_uuid(), 'acme', gen_random_uuid(), CASE WHEN g < 3 THEN 1 ELSE 3 END, FALSE, 0, 1, 'line', 0, 50, g % 1000 = 0, FALSE, 0, 0, '{}' FROM generate_series(1, 5000) g;
            INSERT INTO fd_counters SELECT g, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, CASE WHEN g < 3 THEN 1 ELSE 0 END, 0, 0 FROM generate_series(1, 5000) g;
            """;

        public NpgsqlDataSource Source { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var connection = (await PostgresServer.SharedAsync()).Connection("plans", "Command Timeout=120");
            using var store = PostgresStoreFixture.Open(connection, TimeProvider.System);
            await store.MigrateAsync(Cancellation);
            Source = NpgsqlDataSource.Create(connection);
            await using var fill = Source.CreateCommand(Fill);
            await fill.ExecuteNonQueryAsync(Cancellation);
        }

        public ValueTask DisposeAsync() => Source.DisposeAsync();
    }
}
