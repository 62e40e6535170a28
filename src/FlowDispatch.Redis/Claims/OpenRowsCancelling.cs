using System.Globalization;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Rows;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Claims;

/// <summary>Closes the recipients of a cancelled execution that nobody leases. Everybody open is in the due queue then, or ahead in a slice.</summary>
internal static class OpenRowsCancelling
{
    // A script takes no more rows at once: whoever else uses Redis waits meanwhile.
    private const int Step = 1_000;

    private static readonly RedisScript OpenScript = RedisScript.Load("open_rows");
    private static readonly RedisScript CancelScript = RedisScript.Load("rows", "cancel");

    public static async Task<int> CloseAsync(RedisConnection connection, ExecutionHead head, int limit)
    {
        var closed = 0;
        while (closed < limit)
        {
            var step = Math.Min(Step, limit - closed);
            var answer = (RedisResult[])(await connection.RunAsync(OpenScript, connection.Root(head.Number), new ScriptArguments(connection).Add(step)).ConfigureAwait(false))!;
            if (answer.Length == 0)
            {
                break;
            }

            var queued = ((RedisValue[])answer[0]!).Select(o => (int)o).ToHashSet();
            var slices = ((RedisValue[])answer[1]!).Select(s => FreeSlice.Parse(s.ToString())).ToList();
            if (queued.Count == 0 && slices.Count == 0)
            {
                break;
            }

            var rows = await RowReader.ReadAsync(connection, head, [.. queued, .. slices.SelectMany(s => s.Ahead)]).ConfigureAwait(false);
            var writes = new RowWrites();
            var count = 0;
            foreach (var ordinal in queued)
            {
                Cancel(ordinal);
            }

            var moves = new List<RedisValue>();
            foreach (var slice in slices)
            {
                var passed = slice.Passed;
                foreach (var ordinal in slice.Ahead)
                {
                    if (count == step)
                    {
                        break;
                    }

                    if (!queued.Contains(ordinal))
                    {
                        Cancel(ordinal);
                    }

                    passed++;
                }

                if (passed > slice.Passed)
                {
                    moves.Add(slice.ToString());
                    moves.Add(passed == slice.Count ? RedisValue.EmptyString : (slice with { Passed = passed }).ToString());
                }
            }

            var arguments = new ScriptArguments(connection).AddList(moves);
            writes.AddTo(arguments);
            switch ((int)await connection.RunAsync(CancelScript, connection.Root(head.Number), arguments).ConfigureAwait(false))
            {
                case 0:
                    return closed;
                case 1:
                    closed += count;
                    break;
                default:
                    break; // a receipt was faster: read again
            }

            void Cancel(int ordinal)
            {
                var row = rows.Row(ordinal);
                if (row.Open)
                {
                    writes.Add(row, rows.State(ordinal), RecipientRules.Cancel(row));
                    count++;
                }
            }
        }

        return closed;
    }

    /// <summary>A slice that nobody holds, as the set of free ones names it.</summary>
    private sealed record FreeSlice(int First, int Count, int Passed)
    {
        public IEnumerable<int> Ahead => Enumerable.Range(First + Passed, Count - Passed);

        public static FreeSlice Parse(string member)
        {
            var parts = member.Split(':');
            return new(Number(parts[0]), Number(parts[1]), Number(parts[2]));

            static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}:{Count}:{Passed}");
    }
}
