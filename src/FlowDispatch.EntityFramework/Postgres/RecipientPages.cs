using System.Data.Common;
using System.Globalization;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Reads recipients by ordinal, as users see them.</summary>
internal static class RecipientPages
{
    private const string Filtered = $"""
        FROM fd_recipients r
        WHERE r.key > $1 AND r.key <= $2 AND ($3 IS NULL OR ((1 << ({RecipientRow.Shown})) & $3) <> 0) AND ($4 IS NULL OR r.reached >= $4)
            AND (NOT $5 OR r.error_code = ANY($6))
        """;

    private const string Columns = $"SELECT {RecipientRow.Columns}, {RecipientRow.Shown}";

    /// <summary>The rows with these keys, in any order.</summary>
    public static Task<List<Recipient>> ReadAsync(PostgresSession session, ExecutionHead execution, long[] keys, CancellationToken cancellationToken) =>
        session.ReadAsync($"{Columns} FROM fd_recipients r WHERE r.key = ANY($1)", row => Read(row, execution), cancellationToken, keys);

    public static async Task<List<Recipient>> ReadAsync(
        PostgresSession session, ExecutionHead execution, RecipientFilter filter, int after, int limit, int skip, CancellationToken cancellationToken)
    {
        // Planned for its own values: a filter that is not given costs nothing then, and the limit counts.
        var batch = session.Batch().Unprepared();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(Page(limit, skip), Parameters(execution, filter, after));
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                return await rows.ListAsync(row => Read(row, execution), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public static async Task<int> CountAsync(PostgresSession session, ExecutionHead execution, RecipientFilter filter, CancellationToken cancellationToken)
    {
        var counted = filter == RecipientFilter.All
            ? await session.ReadAsync("SELECT total::bigint FROM fd_counters WHERE execution = $1", row => row.GetInt64(0), cancellationToken, execution.Number).ConfigureAwait(false)
            : await session.ReadAsync($"SELECT COUNT(*) {Filtered}", row => row.GetInt64(0), cancellationToken, Parameters(execution, filter, -1)).ConfigureAwait(false);
        return (int)counted[0];
    }

    /// <summary>A page of those in whose number or name a text is found, and how many there are.</summary>
    /// <remarks>Case is ignored as .NET ignores it, which databases do in their own ways: so names are looked through here, a row at a time.</remarks>
    public static async Task<(List<Recipient> Rows, int Total)> SearchAsync(
        PostgresSession session, ExecutionHead execution, RecipientFilter filter, int after, int limit, int skip, CancellationToken cancellationToken)
    {
        var (total, seen) = (0, 0);
        var keys = new List<long>();
        var batch = session.Batch().Unprepared();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add($"SELECT r.key, r.phone_number, r.contact_name {Filtered} ORDER BY r.key", Parameters(execution, filter, -1));
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (!Matches(filter.Text, rows.GetString(1), rows.TextOrNull(2)))
                    {
                        continue;
                    }

                    total++;
                    if (PackedKey.Place(rows.GetInt64(0)) > after && seen++ >= skip && keys.Count < limit)
                    {
                        keys.Add(rows.GetInt64(0));
                    }
                }
            }
        }

        var found = await ReadAsync(session, execution, [.. keys], cancellationToken).ConfigureAwait(false);
        return ([.. found.OrderBy(r => r.Id.Ordinal)], total);
    }

    public static bool Matches(string? text, string number, string? name) =>
        text is null || number.Contains(text, StringComparison.OrdinalIgnoreCase) || name?.Contains(text, StringComparison.OrdinalIgnoreCase) is true;

    internal static string Page(int limit, int skip) =>
        string.Create(CultureInfo.InvariantCulture, $"{Columns} {Filtered} ORDER BY r.key LIMIT {limit} OFFSET {skip}");

    private static Recipient Read(DbDataReader row, ExecutionHead execution) => RecipientRow.Read(row, execution, RecipientRow.Width);

    internal static PostgresValue[] Parameters(ExecutionHead execution, RecipientFilter filter, int after) =>
    [
        after < 0 ? PackedKey.Of(execution.Number, 0) - 1 : PackedKey.Of(execution.Number, after),
        PackedKey.Of(execution.Number, int.MaxValue),
        filter.Statuses?.Aggregate(0, (mask, status) => mask | (1 << (int)status)),
        (int?)filter.Reached,
        filter.ErrorCodes is not null,
        (filter.ErrorCodes ?? []).Select(c => (string?)c).ToArray(),
    ];
}
