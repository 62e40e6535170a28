using FlowDispatch.Storage;

namespace FlowDispatch.Limits;

/// <summary>Permits of one bucket that a node took ahead, each good for a moment.</summary>
/// <param name="limits">Where they are taken.</param>
/// <param name="key">The bucket.</param>
/// <param name="spacing">The least time between two.</param>
/// <param name="validity">How long one holds from its instant.</param>
/// <param name="time">The clock.</param>
internal sealed class PermitPocket(ILimitStore limits, string key, TimeSpan spacing, TimeSpan validity, TimeProvider time)
{
    /// <summary>How long an automation's permit holds.</summary>
    public static readonly TimeSpan HourValidity = TimeSpan.FromSeconds(1);

    /// <summary>How long a channel's permit holds.</summary>
    public static readonly TimeSpan SecondValidity = TimeSpan.FromSeconds(0.1);

    private const int Block = 50;

    // Clocks count in ticks of their own, of up to a third of a microsecond: what is rounded off on the way from the store's
    // clock to the hand-over is less than this, and a permit ends that much earlier.
    private static readonly TimeSpan Coarseness = TimeSpan.FromMicroseconds(1);

    private readonly PriorityQueue<Permit, long> _permits = new(); // by their instants: one that comes back goes before those ahead
    private long _askAt = long.MinValue;

    /// <summary>An automation's hour: permits (3600 + 1)/r s apart, void after 1 s, so that no rolling hour holds more than r.</summary>
    public static PermitPocket PerHour(ILimitStore limits, string key, int rate, TimeProvider time) =>
        new(limits, key, Spacing(TimeSpan.FromHours(1) + HourValidity, rate), HourValidity, time);

    /// <summary>A channel's second: permits (1 + 0.1)/r s apart, void after 0.1 s, so that no rolling second holds more than r.</summary>
    public static PermitPocket PerSecond(ILimitStore limits, string key, int rate, TimeProvider time) =>
        new(limits, key, Spacing(TimeSpan.FromSeconds(1) + SecondValidity, rate), SecondValidity, time);

    /// <summary>When the bucket can give its next permit, as far as this node knows, by its own clock.</summary>
    public DateTimeOffset NextAt
    {
        get
        {
            var left = time.GetElapsedTime(time.GetTimestamp(), _permits.TryPeek(out var permit, out _) ? permit.NotBefore : _askAt);
            return time.GetUtcNow() + (left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <summary>The next permit; null when there is none yet, and then <see cref="NextAt"/> says when to ask again.</summary>
    public async ValueTask<Permit?> TakeAsync(CancellationToken cancellationToken)
    {
        while (_permits.TryDequeue(out var permit, out _))
        {
            if (!permit.IsVoid(time))
            {
                return permit;
            }
        }

        if (time.GetTimestamp() < _askAt)
        {
            return null;
        }

        // No further ahead than a permit holds: what is taken can be used, and a dead node's block wastes at most that much.
        var asked = time.GetTimestamp();
        var grant = await limits.TakeAsync(key, spacing, Block, validity, cancellationToken).ConfigureAwait(false);
        var answered = time.GetTimestamp();
        foreach (var at in grant.Permits)
        {
            Keep(new(answered + Ticks(at - grant.Now), asked + Ticks(at - grant.Now + validity - Coarseness)));
        }

        // Whoever got none asks a little earlier than whoever got some: nodes take turns, and none has a bucket to itself.
        var courtesy = grant.Permits.Count > 0 ? validity / 4 : TimeSpan.Zero;
        _askAt = answered + Ticks(grant.NextAt - grant.Now - validity + courtesy);
        return _permits.TryDequeue(out var first, out _) ? first : null;
    }

    /// <summary>Keeps a permit for whoever is next: also one that was taken, where nothing was handed over with it.</summary>
    public void Keep(Permit permit) => _permits.Enqueue(permit, permit.NotBefore);

    // Rounded up: a tick too few in each of a million gaps would let one message too many into the hour.
    private static TimeSpan Spacing(TimeSpan period, int rate) => TimeSpan.FromTicks((period.Ticks + rate - 1) / rate);

    private long Ticks(TimeSpan span) => (long)((Int128)span.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
}
