using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Limits;

/// <summary>Buckets and caps, each in a slot of its own and each move of one a script.</summary>
internal sealed class RedisLimitStore(RedisConnection connection) : ILimitStore
{
    private static readonly RedisScript TakeScript = RedisScript.Load("pace", "permits_take");
    private static readonly RedisScript HoldScript = RedisScript.Load("pace", "bucket_hold");
    private static readonly RedisScript CountScript = RedisScript.Load("cap_count");

    public async Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(spacing, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, TimeSpan.Zero);
        var answer = (RedisResult[])(await connection.RunAsync(
            TakeScript, Root(key), new ScriptArguments(connection).Add(spacing.Ticks).Add(count).Add(horizon.Ticks), cancellationToken).ConfigureAwait(false))!;
        return new([.. ((RedisValue[])answer[0]!).Select(Instant.Read)], Instant.Read((RedisValue)answer[1]), Instant.Read((RedisValue)answer[2]));
    }

    public async Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        var ends = (RedisValue)await connection.RunAsync(
            HoldScript, Root(key), new ScriptArguments(connection).Add(Instant.Of(until)), cancellationToken).ConfigureAwait(false);
        if (!ends.IsNullOrEmpty)
        {
            // What nodes read of it lies in their own slot. A process that dies before this leaves a bucket that gives nothing,
            // and nodes that hear of it by their next throttle.
            var database = await connection.DatabaseAsync().ConfigureAwait(false);
            await database.SortedSetAddAsync(connection.Shared.Append("held"), key, (double)ends, SortedSetWhen.GreaterThan).ConfigureAwait(false);
        }
    }

    public async Task<DateTimeOffset?> CountAsync(string key, string holder, int count, TimeSpan period, CancellationToken cancellationToken = default) =>
        Instant.ReadOrNull((RedisValue)await connection.RunAsync(
            CountScript,
            Root(key),
            new ScriptArguments(connection).Add(holder).Add(count).Add(period.Ticks).Add(connection.OwnClock ? 1 : 0),
            cancellationToken).ConfigureAwait(false));

    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> PeekAsync(
        IReadOnlyCollection<string> keys, int count, TimeSpan period, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var now = await connection.NowAsync().ConfigureAwait(false);
        var counted = await Task.WhenAll(keys.Select(async key => (
            Key: key, Last: await database.SortedSetRangeByRankWithScoresAsync(Root(key).Append("cap"), -count, -count).ConfigureAwait(false)))).ConfigureAwait(false);
        var full = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var (key, last) in counted)
        {
            if (last.Length == 1 && Instant.At((long)last[0].Score) is var at && at > now - period)
            {
                full[key] = at + period;
            }
        }

        return full;
    }

    public async Task UncountAsync(string key, string holder, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.SortedSetRemoveAsync(Root(key).Append("cap"), holder).ConfigureAwait(false);
    }

    private RedisKey Root(string key) => connection.Root("l:" + key);
}
