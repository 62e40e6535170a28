using FlowDispatch.Limits;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresLimitStore(PostgresDatabase database, PostgresClock clock) : ILimitStore
{
    // The one that has to leave before there is room: with the cap just reached, the oldest.
    internal const string Full = $"""
        (SELECT c.at FROM fd_cap_counts c WHERE c.key = k AND c.at > {PostgresClock.Now} - $3 AND c.holder <> $5 ORDER BY c.at DESC LIMIT 1 OFFSET $4 - 1)
        """;

    public Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(spacing, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, TimeSpan.Zero);
        return database.WriteAsync(
            async session =>
            {
                var (pace, lastAt, now) = await HoldAsync(session, key, cancellationToken).ConfigureAwait(false);
                var grant = pace.Grant(lastAt, spacing, count, horizon, now);
                if (grant.Permits.Count > 0)
                {
                    await session.RunAsync("UPDATE fd_permits SET last_at = $2 WHERE key = $1", cancellationToken, key, grant.Permits[^1]).ConfigureAwait(false);
                }

                return grant;
            },
            cancellationToken);
    }

    public Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            var (before, _, now) = await HoldAsync(session, key, cancellationToken).ConfigureAwait(false);
            var pace = before.Throttled(until, now);
            return pace == before
                ? 0
                : await session.RunAsync("UPDATE fd_permits SET held_until = $2, full_at = $3 WHERE key = $1", cancellationToken, key, pace.HeldUntil, pace.FullAt).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<DateTimeOffset?> CountAsync(string key, string holder, int count, TimeSpan period, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        return database.WriteAsync<DateTimeOffset?>(
            async session =>
            {
                // Rows to hold there may be none, so the name is held.
                await session.LockAsync($"cap {key}", cancellationToken).ConfigureAwait(false);
                var batch = session.Batch();
                await using (batch.ConfigureAwait(false))
                {
                    // Another automation may ask about the same people over a longer time; what it still counts stays.
                    batch.Add("UPDATE fd_cap_counts SET keep_until = at + $2 WHERE key = $1 AND keep_until < at + $2", key, period);
                    batch.Add($"DELETE FROM fd_cap_counts WHERE key = $2 AND keep_until <= {PostgresClock.Now}", clock.Given, key);
                    batch.Add($"SELECT {PostgresClock.Now}, {Full} FROM (SELECT $2 AS k) one", clock.Given, key, period, count, holder);
                    var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
                    DateTimeOffset now;
                    await using (rows.ConfigureAwait(false))
                    {
                        (now, var oldest) = (await rows.ListAsync(r => (r.Instant(0), r.InstantOrNull(1)), cancellationToken).ConfigureAwait(false)).Single();
                        if (oldest is { } at)
                        {
                            return at + period;
                        }
                    }

                    await session.RunAsync("DELETE FROM fd_cap_counts WHERE key = $1 AND holder = $2", cancellationToken, key, holder).ConfigureAwait(false);
                    await session.RunAsync(
                        "INSERT INTO fd_cap_counts (key, at, keep_until, holder) VALUES ($1, $2, $3, $4)", cancellationToken, key, now, now + period, holder).ConfigureAwait(false);
                    return null;
                }
            },
            cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, DateTimeOffset>> PeekAsync(
        IReadOnlyCollection<string> keys, int count, TimeSpan period, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(keys.Count, 1_000, nameof(keys));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        return database.ReadAsync<IReadOnlyDictionary<string, DateTimeOffset>>(
            async session => (await session.ReadAsync(
                $"SELECT k, {Full} FROM unnest($2) AS k",
                row => (Key: row.GetString(0), At: row.InstantOrNull(1)), cancellationToken,
                clock.Given, keys.Distinct(StringComparer.Ordinal).Select(k => (string?)k).ToArray(), period, count, "").ConfigureAwait(false))
                .Where(found => found.At is not null)
                .ToDictionary(found => found.Key, found => found.At!.Value + period, StringComparer.Ordinal),
            cancellationToken);
    }

    public Task UncountAsync(string key, string holder, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => session.RunAsync("DELETE FROM fd_cap_counts WHERE key = $1 AND holder = $2", cancellationToken, key, holder),
        cancellationToken);

    // The clock is looked at once the bucket is held: who waited for it must not hand out what is past.
    private async Task<(Pace Pace, DateTimeOffset? LastAt, DateTimeOffset Now)> HoldAsync(PostgresSession session, string key, CancellationToken cancellationToken)
    {
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add("INSERT INTO fd_permits (key) VALUES ($1) ON CONFLICT (key) DO NOTHING", key);
            batch.Add("SELECT last_at, held_until, full_at FROM fd_permits WHERE key = $1 FOR UPDATE", key);
            batch.Add($"SELECT {PostgresClock.Now}", clock.Given);
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var bucket = (await rows.ListAsync(r => (LastAt: r.InstantOrNull(0), Pace: new Pace(r.InstantOrNull(1) ?? default, r.InstantOrNull(2) ?? default)), cancellationToken).ConfigureAwait(false)).Single();
                var now = (await rows.NextListAsync(r => r.Instant(0), cancellationToken).ConfigureAwait(false)).Single();
                return (bucket.Pace, bucket.LastAt, now);
            }
        }
    }
}
