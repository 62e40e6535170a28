using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Rows;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

/// <summary>The sums of an automation: of the executions in its listing, and of those that were pruned what is kept.</summary>
internal static class AutomationSums
{
    private const int ReadAtOnce = 500;

    private static readonly RedisScript TotalsScript = RedisScript.Load("totals");

    private static readonly List<RedisValue> Names = ["executions", "last_id", "last_at", .. CounterFields.Names];

    public static async Task<AutomationTotals> ReadAsync(
        RedisConnection connection, ExecutionHeads heads, string organizationId, AutomationId automation, CancellationToken cancellationToken)
    {
        HashSet<int> missing = [];
        while (true)
        {
            var answer = (RedisResult[])(await connection.RunAsync(
                TotalsScript, connection.Root("o:" + organizationId), new ScriptArguments(connection).Add(automation.ToString()).AddList(Names), cancellationToken).ConfigureAwait(false))!;
            var (listed, without) = await SumAsync(heads, (RedisValue[])answer[0]!).ConfigureAwait(false);
            if (without.IsSubsetOf(missing))
            {
                return Kept((RedisValue[])answer[1]!) + listed;
            }

            // One was pruned to its end since the listing was read: it is in the kept ones by now, and in the listing no more.
            // One that is listed still has lost its head, as in a failover: nothing is known of it.
            missing = without;
        }
    }

    private static async Task<(AutomationTotals Listed, HashSet<int> Without)> SumAsync(ExecutionHeads heads, RedisValue[] numbers)
    {
        var (count, sum) = (0, default(ExecutionCounters));
        var without = new HashSet<int>();
        Execution? last = null;
        foreach (var part in numbers.Chunk(ReadAtOnce))
        {
            var runs = await Task.WhenAll(part.Select(n => heads.ReadEvenPrunedAsync((int)n))).ConfigureAwait(false);
            for (var i = 0; i < runs.Length; i++)
            {
                if (runs[i] is not { } run)
                {
                    without.Add((int)part[i]);
                }
                else if (!run.Snapshot.TestMode)
                {
                    count++;
                    sum += run.Counters;
                    last = run;
                }
            }
        }

        return (new(count, sum, last?.CreatedAt, last?.Id), without);
    }

    private static AutomationTotals Kept(RedisValue[] values) => new(
        (int)values[0],
        CounterFields.Read(values.AsSpan(3)),
        Instant.ReadOrNull(values[2]),
        values[1].IsNull ? null : new(Guid.Parse(values[1].ToString())));
}
