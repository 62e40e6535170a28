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

    private readonly Queue<DateTimeOffset> _permits = new();
    private DateTimeOffset _askAt = DateTimeOffset.MinValue;

    /// <summary>An automation's hour: permits (3600 + 1)/r s apart, void after 1 s, so that no rolling hour holds more than r.</summary>
    public static PermitPocket PerHour(ILimitStore limits, string key, int rate, TimeProvider time) =>
        new(limits, key, (TimeSpan.FromHours(1) + HourValidity) / rate, HourValidity, time);

    /// <summary>A channel's second: permits (1 + 0.1)/r s apart, void after 0.1 s, so that no rolling second holds more than r.</summary>
    public static PermitPocket PerSecond(ILimitStore limits, string key, int rate, TimeProvider time) =>
        new(limits, key, (TimeSpan.FromSeconds(1) + SecondValidity) / rate, SecondValidity, time);

    /// <summary>How long a permit holds from its instant.</summary>
    public TimeSpan Validity => validity;

    /// <summary>The next permit; null when there is none yet, and then <see cref="NextAt"/> says when to ask again.</summary>
    public async ValueTask<DateTimeOffset?> TakeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        while (_permits.TryDequeue(out var permit))
        {
            if (now < permit + validity)
            {
                return permit;
            }
        }

        if (now < _askAt)
        {
            return null;
        }

        // No further ahead than a permit holds: what is taken can be used, and a dead node's block wastes at most that much.
        var grant = await limits.TakeAsync(key, spacing, Block, validity, cancellationToken).ConfigureAwait(false);
        _askAt = grant.NextAt - validity;
        foreach (var permit in grant.Permits)
        {
            _permits.Enqueue(permit);
        }

        return _permits.TryDequeue(out var first) ? first : null;
    }

    /// <summary>When the bucket can give its next permit, as far as this node knows.</summary>
    public DateTimeOffset NextAt => _permits.TryPeek(out var permit) ? permit : _askAt;
}
