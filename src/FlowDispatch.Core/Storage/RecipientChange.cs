using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>What a recipient becomes.</summary>
public sealed record RecipientChange
{
    /// <summary>The row afterwards. A status of <see cref="RecipientStatus.Sending"/> is kept as <see cref="RecipientStatus.Pending"/>.</summary>
    public required Recipient After { get; init; }

    /// <summary>
    /// When it is due from now on: replaces its entry in the due queue, or makes one. Null leaves the queue as it is
    /// while the row stays open; a row that is no longer open loses its entry.
    /// </summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What its history gains.</summary>
    public RecipientEvent? Event { get; init; }
}
