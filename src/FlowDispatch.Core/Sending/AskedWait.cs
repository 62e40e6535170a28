namespace FlowDispatch.Sending;

/// <summary>Waits that providers ask for, within what can be waited: senders pass on what they read, and that may be anything.</summary>
internal static class AskedWait
{
    /// <summary>A pause that is shorter than this names none; then it is <see cref="Unnamed"/>.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Unnamed = TimeSpan.FromSeconds(1);

    /// <summary>A channel that rests is asked again after this.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestRetry = TimeSpan.FromDays(366);

    /// <summary>The result with a pause from 100 ms to a day, or a wait for another attempt of at most 366 days.</summary>
    public static SendResult Bound(SendResult result) => result switch
    {
        SendResult.Throttled throttled when throttled.RetryAfter < LeastPause => throttled with { RetryAfter = Unnamed },
        SendResult.Throttled throttled when throttled.RetryAfter > LongestPause => throttled with { RetryAfter = LongestPause },
        SendResult.Failed { RetryAfter: { } wait } failed when wait > LongestRetry => failed with { RetryAfter = LongestRetry },
        _ => result,
    };

    /// <summary>The longer of the backoff and what is asked for, of that at most 366 days.</summary>
    public static TimeSpan Longer(TimeSpan backoff, TimeSpan? asked) =>
        asked is { } wait && wait > backoff ? (wait > LongestRetry ? LongestRetry : wait) : backoff;
}
