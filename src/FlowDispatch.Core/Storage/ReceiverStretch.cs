namespace FlowDispatch.Storage;

/// <summary>A time in which one process took receipts in without a gap.</summary>
/// <param name="Since">Its first beat.</param>
/// <param name="LastBeatAt">Its last.</param>
/// <param name="Ended">True where it ended in order. One that did not, and beats no more, ended in an outage.</param>
public sealed record ReceiverStretch(DateTimeOffset Since, DateTimeOffset LastBeatAt, bool Ended)
{
    /// <summary>15 s: beats that lie further apart have an outage between them.</summary>
    public static TimeSpan LongestGap { get; } = TimeSpan.FromSeconds(15);

    /// <summary>3 days: about what was before, nothing is known.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromDays(3);
}
