using FlowDispatch.Automations;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

/// <summary>The index of executions that nodes must look at, in the shared slot, and of those an automation has open, in its organization's.</summary>
/// <remarks>
/// It may name too many and never too few: an execution is added before it opens and again afterwards, and taken out by the
/// sweep once it is seen ended and was not added in the last minute. A process that dies in between leaves a name too many,
/// which the sweep takes out.
/// </remarks>
internal sealed class OpenExecutions(RedisConnection connection)
{
    private static readonly RedisScript ForgetScript = RedisScript.Load("forget");

    public async Task AddAsync(int number)
    {
        var key = connection.Shared.Append("open");
        var now = Instant.Of(await connection.NowAsync().ConfigureAwait(false));
        await connection.WriteAsync(key, database => database.SortedSetAddAsync(key, number, now)).ConfigureAwait(false);
    }

    public async Task AddAsync(int number, string organizationId, AutomationId automation)
    {
        var key = connection.Root("o:" + organizationId).Append("open:" + automation);
        await connection.WriteAsync(key, database => database.SetAddAsync(key, number)).ConfigureAwait(false);
        await AddAsync(number).ConfigureAwait(false);
    }

    public async Task RemoveAsync(int number)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.SortedSetRemoveAsync(connection.Shared.Append("open"), number).ConfigureAwait(false);
    }

    /// <summary>All numbers, ascending.</summary>
    public async Task<List<int>> ReadAsync()
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var numbers = await database.SortedSetRangeByRankAsync(connection.Shared.Append("open")).ConfigureAwait(false);
        return [.. numbers.Select(n => (int)n).Order()];
    }

    /// <summary>Takes out one that has ended, unless it was added in the last minute; where people are in doubt in it, it is remembered for that, and when it ended for pruning.</summary>
    public async Task ForgetAsync(int number, bool inDoubt, RedisValue ended) =>
        await connection.RunAsync(ForgetScript, connection.Shared, new ScriptArguments(connection).Add(number).Add(inDoubt ? 1 : 0).Add(ended)).ConfigureAwait(false);

    /// <summary>Notes an execution that is going to owe returns; it may be one too many, never one too few.</summary>
    public async Task AddOwingAsync(int number)
    {
        var key = connection.Shared.Append("owing");
        await connection.WriteAsync(key, database => database.SortedSetAddAsync(key, number, number)).ConfigureAwait(false);
    }

    /// <summary>Takes out one that has ended and owes nothing: it never will again.</summary>
    public async Task RemoveOwingAsync(int number)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.SortedSetRemoveAsync(connection.Shared.Append("owing"), number).ConfigureAwait(false);
    }

    /// <summary>Executions that may owe returns, a page of them by number.</summary>
    public async Task<RedisValue[]> ReadOwingAsync(int after, int count)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        return await database.SortedSetRangeByScoreAsync(connection.Shared.Append("owing"), after, double.PositiveInfinity, Exclude.Start, Order.Ascending, 0, count).ConfigureAwait(false);
    }

    /// <summary>Ended executions with people in doubt.</summary>
    public async Task<List<int>> ReadDoubtfulAsync()
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        return [.. (await database.SetMembersAsync(connection.Shared.Append("doubtful")).ConfigureAwait(false)).Select(n => (int)n)];
    }
}
