namespace FlowDispatch.Storage;

/// <summary>How many pending recipients of an execution are alike in when they may be sent to.</summary>
/// <param name="TimeZone">Their <see cref="Recipients.Recipient.TimeZone"/>.</param>
/// <param name="DueAt">When they are next due, rounded up to a whole minute; null for those that wait for nothing but their turn.</param>
/// <param name="Count">How many.</param>
public sealed record PendingCount(string? TimeZone, DateTimeOffset? DueAt, int Count);
