using System.Globalization;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Rows;

/// <summary>Rows of single recipients with all that a decision looks at, read at one instant.</summary>
internal sealed class RowReader
{
    private static readonly RedisScript ReadScript = RedisScript.Load("rows", "read_rows");

    private readonly Dictionary<int, RowChunk> _chunks;
    private readonly HashSet<int> _flying;

    private RowReader(Dictionary<int, RowChunk> chunks, RedisResult[] answer)
    {
        _chunks = chunks;
        _flying = [.. ((RedisValue[])answer[1]!).Select(o => (int)o)];
        ExecutionOpen = !answer[2].IsNull && (int)answer[2] is 0 or 1 or 2;
    }

    /// <summary>Whether the execution is queued, running or paused.</summary>
    public bool ExecutionOpen { get; }

    public static async Task<RowReader> ReadAsync(RedisConnection connection, ExecutionHead execution, IReadOnlyCollection<int> ordinals)
    {
        var chunks = ordinals.Distinct().GroupBy(o => o / RowChunk.Size, o => (RedisValue)(o % RowChunk.Size)).ToList();
        var arguments = new ScriptArguments(connection, ordinals.Count + (2 * chunks.Count) + 2).Add(chunks.Count);
        foreach (var chunk in chunks)
        {
            arguments.Add(chunk.Key).AddList([.. chunk]);
        }

        var root = connection.Root(execution.Number);
        var answer = (RedisResult[])(await connection.RunAsync(ReadScript, root, arguments).ConfigureAwait(false))!;
        var rows = (RedisResult[])answer[0]!;
        var read = new Dictionary<int, RowChunk>(rows.Length / 3);
        if (rows.Length > 0)
        {
            // After their rows: who is erased in between is seen as erased.
            var database = await connection.DatabaseAsync().ConfigureAwait(false);
            var people = await database.StringGetAsync([.. chunks.Select(c => root.Append(string.Create(CultureInfo.InvariantCulture, $"s:{c.Key}")))]).ConfigureAwait(false);
            for (var i = 0; i < people.Length; i++)
            {
                var number = chunks[i].Key;
                read[number] = new(execution, number, (byte[]?)people[i], rows[(3 * i) + 1], rows[(3 * i) + 2]);
            }
        }

        return new(read, answer);
    }

    /// <summary>Whether there is such a recipient. This and the rest tell of those that were asked for.</summary>
    public bool Has(int ordinal) => _chunks.TryGetValue(ordinal / RowChunk.Size, out var chunk) && ordinal - chunk.First < chunk.Count;

    /// <summary>The row as it is stored.</summary>
    public Recipient Row(int ordinal) => _chunks[ordinal / RowChunk.Size].Row(ordinal);

    /// <summary>The row as users see it.</summary>
    public Recipient Shown(int ordinal)
    {
        var row = Row(ordinal);
        return row is { Status: RecipientStatus.Pending, Open: true } && _flying.Contains(ordinal) ? row with { Status = RecipientStatus.Sending } : row;
    }

    public RedisValue State(int ordinal) => _chunks[ordinal / RowChunk.Size].State(ordinal);

    /// <summary>Marked, whether or not the row says already what became of it.</summary>
    public bool IsMarked(int ordinal) => _flying.Contains(ordinal);
}
