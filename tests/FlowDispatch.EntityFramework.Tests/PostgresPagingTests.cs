using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>A page in the middle of a million costs what the first one does: it is found by its key.</summary>
public sealed class PostgresPagingTests : StoreConformance<PostgresStoreFixture>
{
    private const int People = 1_000_000;

    [Fact]
    public async Task Every_one_of_a_million_is_met_once_and_a_cursor_goes_on_behind_the_last()
    {
        var execution = await RunningAsync(1);
        await FillAsync(execution);

        var (next, last) = (0, -1);
        await foreach (var row in Store.Recipients.StreamAsync(Some.Organization, execution.Id, RecipientFilter.All, after: 900_000, cancellationToken: Cancellation))
        {
            Assert.True(row.Id.Ordinal > last);
            last = row.Id.Ordinal;
            next++;
        }

        Assert.Equal((People - 900_001, People - 1), (next, last));
        var page = await Store.Recipients.ListAsync(
            Some.Organization, execution.Id, RecipientFilter.All, new(Size: 3, Cursor: "499999"), Cancellation);
        Assert.Equal([500_000, 500_001, 500_002], page.Items.Select(r => r.Id.Ordinal));
        Assert.Equal("500002", page.NextCursor);
        Assert.Equal(People, page.Total);
    }

    // By the server itself: what is tested is the reading.
    private async Task FillAsync(Execution execution)
    {
        await using var source = NpgsqlDataSource.Create($"{Fixture.Connection};Command Timeout=120");
        await using var fill = source.CreateCommand($"""
            INSERT INTO fd_recipients (key, execution, contact_id, phone_number, variables, status, reached, open, attempts, step_attempts, flow_completed, created_at)
            SELECT ({execution.Number}::bigint << 32) + g, {execution.Number}, ('00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, g::text, '{"{}"}', 0, 0, TRUE, 0, 0, FALSE, 1
            FROM generate_series(1, {People - 1}) g;
            UPDATE fd_counters SET total = {People}, pending = {People}, open = {People} WHERE execution = {execution.Number};
            """);
        await fill.ExecuteNonQueryAsync(Cancellation);
    }
}
