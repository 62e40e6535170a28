using FlowDispatch.Executions;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Rows;

/// <summary>An execution's counters as fields of its head.</summary>
internal static class CounterFields
{
    /// <summary>The fields, in the order in which <see cref="Read"/> expects their values.</summary>
    public static RedisValue[] Names { get; } =
        ["#total", "#sent", "#delivered", "#read", "#replied", "#completed", "#failed", "#skipped", "#cancelled", "#pending", "#in_doubt", "#open"];

    public static ExecutionCounters Read(ReadOnlySpan<RedisValue> values) => new()
    {
        Total = (int)values[0],
        Sent = (int)values[1],
        Delivered = (int)values[2],
        Read = (int)values[3],
        Replied = (int)values[4],
        Completed = (int)values[5],
        Failed = (int)values[6],
        Skipped = (int)values[7],
        Cancelled = (int)values[8],
        Pending = (int)values[9],
        InDoubt = (int)values[10],
        Open = (int)values[11],
    };

    /// <summary>Names and differences of those that change.</summary>
    public static List<RedisValue> Differences(ExecutionCounters sum)
    {
        ReadOnlySpan<int> figures =
            [sum.Total, sum.Sent, sum.Delivered, sum.Read, sum.Replied, sum.Completed, sum.Failed, sum.Skipped, sum.Cancelled, sum.Pending, sum.InDoubt, sum.Open];
        var differences = new List<RedisValue>();
        for (var i = 0; i < figures.Length; i++)
        {
            if (figures[i] != 0)
            {
                differences.Add(Names[i]);
                differences.Add(figures[i]);
            }
        }

        return differences;
    }
}
