using FlowDispatch.Limits;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteLimitStore(SqliteDatabase database, TimeProvider time) : ILimitStore
{
    public Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(spacing, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, TimeSpan.Zero);
        return database.WriteAsync(
            session =>
            {
                var (pace, lastAt) = Bucket(session, key);
                var grant = pace.Grant(lastAt, spacing, count, horizon, time.GetUtcNow());
                if (grant.Permits.Count > 0)
                {
                    session["INSERT INTO fd_permits (key, last_at) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at"].Run(key, grant.Permits[^1]);
                }

                return grant;
            },
            cancellationToken);
    }

    public Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var before = Bucket(session, key).Pace;
            var pace = before.Throttled(until, time.GetUtcNow());
            return pace == before ? 0 : session["""
                INSERT INTO fd_permits (key, held_until, full_at) VALUES ($1, $2, $3)
                ON CONFLICT (key) DO UPDATE SET held_until = excluded.held_until, full_at = excluded.full_at
                """].Run(key, pace.HeldUntil, pace.FullAt);
        },
        cancellationToken);

    public Task<DateTimeOffset?> CountAsync(string key, string holder, int count, TimeSpan period, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        return database.WriteAsync<DateTimeOffset?>(
            session =>
            {
                var now = time.GetUtcNow();

                // Another automation may ask about the same people over a longer time; what it still counts stays.
                session["UPDATE fd_cap_counts SET keep_until = at + $2 WHERE key = $1 AND keep_until < at + $2"].Run(key, period);
                session["DELETE FROM fd_cap_counts WHERE key = $1 AND (keep_until <= $2)"].Run(key, now);

                if (Full(session, key, holder, count, period, now) is { } until)
                {
                    return until;
                }

                session["DELETE FROM fd_cap_counts WHERE key = $1 AND holder = $2"].Run(key, holder);
                session["INSERT INTO fd_cap_counts (key, at, keep_until, holder) VALUES ($1, $2, $3, $4)"].Run(key, now, now + period, holder);
                return null;
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
            session =>
            {
                var now = time.GetUtcNow();
                var full = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
                foreach (var key in keys)
                {
                    if (Full(session, key, holder: "", count, period, now) is { } until)
                    {
                        full[key] = until;
                    }
                }

                return full;
            },
            cancellationToken);
    }

    public Task UncountAsync(string key, string holder, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => session["DELETE FROM fd_cap_counts WHERE key = $1 AND holder = $2"].Run(key, holder),
        cancellationToken);

    // The one that has to leave before there is room: with the cap just reached, the oldest.
    private static DateTimeOffset? Full(SqliteSession session, string key, string holder, int count, TimeSpan period, DateTimeOffset now) =>
        session["SELECT at FROM fd_cap_counts WHERE key = $1 AND at > $2 AND holder <> $4 ORDER BY at DESC LIMIT 1 OFFSET $3"].InstantOrNull(key, now - period, count - 1, holder) + period;

    private static (Pace Pace, DateTimeOffset? LastAt) Bucket(SqliteSession session, string key)
    {
        using var row = session["SELECT last_at, held_until, full_at FROM fd_permits WHERE key = $1"].Read(key);
        return row.Read() ? (new(row.InstantOrNull(1) ?? default, row.InstantOrNull(2) ?? default), row.InstantOrNull(0)) : default;
    }
}
