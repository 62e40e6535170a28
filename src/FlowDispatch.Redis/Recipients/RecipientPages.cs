using System.Runtime.CompilerServices;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Recipients;

/// <summary>An execution's recipients by ordinal, a thousand at a time, each as it was when its part was read.</summary>
internal static class RecipientPages
{
    private const int ChunksAtOnce = 40;

    private static readonly RedisScript PageScript = RedisScript.Load("rows", "page");

    /// <summary>Those that match, from <paramref name="from"/> on; all rows of the execution pass by.</summary>
    public static async IAsyncEnumerable<Recipient> StreamAsync(
        RedisConnection connection, ExecutionHead execution, RecipientFilter filter, int from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var total = await TotalAsync(connection, execution).ConfigureAwait(false);
        var matches = Condition(filter);
        for (var chunk = from / RowChunk.Size; chunk * RowChunk.Size < total; chunk += ChunksAtOnce)
        {
            var last = Math.Min(chunk + ChunksAtOnce - 1, (total - 1) / RowChunk.Size);
            foreach (var row in await ReadAsync(connection, execution, chunk, last, cancellationToken).ConfigureAwait(false))
            {
                if (row.Id.Ordinal >= from && matches(row))
                {
                    yield return row;
                }
            }
        }
    }

    /// <summary>How many there are; none once the execution is pruned.</summary>
    public static async Task<int> TotalAsync(RedisConnection connection, ExecutionHead execution)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(connection.Root(execution.Number).Append("h"), ["next", "pruned"]).ConfigureAwait(false);
        return values[1].IsNull ? (int)values[0] : 0;
    }

    private static async Task<List<Recipient>> ReadAsync(
        RedisConnection connection, ExecutionHead execution, int first, int last, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await connection.RunAsync(
            PageScript, connection.Root(execution.Number), new ScriptArguments(connection).Add(first).Add(last), cancellationToken).ConfigureAwait(false))!;
        var flying = ((RedisValue[])answer[1]!).Select(o => (int)o).ToHashSet();
        var rows = new List<Recipient>((last - first + 1) * RowChunk.Size);
        foreach (var chunk in RowChunk.ReadAll(execution, (RedisResult[])answer[0]!).Values.OrderBy(c => c.First))
        {
            for (var ordinal = chunk.First; ordinal < chunk.First + chunk.Count; ordinal++)
            {
                var row = chunk.Row(ordinal);
                rows.Add(row is { Status: RecipientStatus.Pending, Open: true } && flying.Contains(ordinal) ? row with { Status = RecipientStatus.Sending } : row);
            }
        }

        return rows;
    }

    private static Func<Recipient, bool> Condition(RecipientFilter filter) => row =>
        (filter.Statuses is null || filter.Statuses.Contains(row.Status))
        && (filter.Reached is null || row.Reached >= filter.Reached)
        && (filter.ErrorCodes is null || (row.ErrorCode is not null && filter.ErrorCodes.Contains(row.ErrorCode, StringComparer.Ordinal)))
        && (filter.Text is null || Has(row.PhoneNumber, filter.Text) || Has(row.ContactName, filter.Text));

    private static bool Has(string? value, string text) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) is true;
}
