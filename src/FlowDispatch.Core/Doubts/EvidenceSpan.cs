namespace FlowDispatch.Doubts;

/// <summary>What evidence about an attempt must cover.</summary>
/// <param name="From">Not after the attempt was handed over.</param>
/// <param name="After">Not before the attempt was handed over; the same instant where it is known.</param>
/// <param name="Until">When its grace time ended.</param>
internal readonly record struct EvidenceSpan(DateTimeOffset From, DateTimeOffset After, DateTimeOffset Until);

/// <summary>Whether receipts prove that an attempt in doubt was not taken.</summary>
internal enum Evidence
{
    /// <summary>They don't, and never will.</summary>
    None = 0,

    /// <summary>It can't be told yet.</summary>
    NotYet = 1,

    /// <summary>They came in all the time, also for a later attempt.</summary>
    Found = 2,
}
