using FlowDispatch.Tracking;

namespace FlowDispatch.Storage;

/// <summary>One thing a provider told us.</summary>
/// <param name="Id">No other entry's, also not one's that is gone. Says nothing of the order of arrival.</param>
/// <param name="Event">What it was.</param>
/// <param name="ReceivedAt">When it came in.</param>
/// <param name="Tries">How often it was put off.</param>
public sealed record InboxEntry(long Id, InboundEvent Event, DateTimeOffset ReceivedAt, int Tries);
