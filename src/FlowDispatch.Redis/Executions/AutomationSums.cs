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
        while (true)
        {
            var answer = (RedisResult[])(await connection.RunAsync(
                TotalsScript, connection.Root("o:" + organizationId), new ScriptArguments(connection).Add(automation.ToString()).AddList(Names), cancellationToken).ConfigureAwait(false))!;
            if (await SumAsync(heads, (RedisValue[])answer[0]!).ConfigureAwait(false) is { } listed)
            {
                return Kept((RedisValue[])answer[1]!) + listed;
            }

            // One was pruned to its end since the listing was read: it is in the kept ones by now, and in the listing no more.
        }
    }

    private static async Task<AutomationTotals?> SumAsync(ExecutionHeads heads, RedisValue[] numbers)
    {
        var (count, sum) = (0, default(ExecutionCounters));
        Execution? last = null;
        foreach (var part in numbers.Chunk(ReadAtOnce))
        {
            foreach (var run in await Task.WhenAll(part.Select(n => heads.ReadEvenPrunedAsync((int)n))).ConfigureAwait(false))
            {
                if (run is null)
                {
                    return null;
                }

                if (!run.Snapshot.TestMode)
                {
                    count++;
                    sum += run.Counters;
                    last = run;
                }
            }
        }

        return new(count, sum, last?.CreatedAt, last?.Id);
    }

    private static AutomationTotals Kept(RedisValue[] values) => new(
        (int)values[0],
        CounterFields.Read(values.AsSpan(3)),
        Instant.ReadOrNull(values[2]),
        values[1].IsNull ? null : new(Guid.Parse(values[1].ToString())));
}
