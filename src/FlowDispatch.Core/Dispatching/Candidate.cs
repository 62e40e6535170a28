using FlowDispatch.Limits;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;

namespace FlowDispatch.Dispatching;

/// <summary>A claimed recipient on its way through gate, mark and send.</summary>
internal sealed class Candidate(WorkItem item, string node, long claimedAt)
{
    /// <summary>A timestamp before its claim was asked for.</summary>
    public long ClaimedAt { get; } = claimedAt;

    public WorkItem Item { get; } = item;

    public Recipient Row => Item.Recipient;

    /// <summary>Now; and not before what it was due for, since the store found that due by its own clock.</summary>
    public DateTimeOffset Now(TimeProvider time) => time.GetUtcNow() is var now && Item.FromQueue && Row.NextAttemptAt > now ? Row.NextAttemptAt.Value : now;

    /// <summary>The flow's node whose message is due.</summary>
    public string Node { get; } = node;

    /// <summary>The attempt: the next one, or with an idempotent sender the one in doubt once more.</summary>
    public int Attempt { get; set; } = item.Recipient.Attempts + 1;

    /// <summary>True when the window policy's template goes first.</summary>
    public bool Opening { get; set; }

    /// <summary>What to send; set when the gate let it pass.</summary>
    public MessageContent? Content { get; set; }

    /// <summary>When it was handed to the sender; null before.</summary>
    public DateTimeOffset? HandedOverAt { get; set; }

    /// <summary>The automation's permit; null without a limit.</summary>
    public Permit? AutomationPermit { get; set; }

    /// <summary>The channel's permit; null without a limit.</summary>
    public Permit? ChannelPermit { get; set; }

    /// <summary>The timestamp at which a first message was counted against the contact's frequency cap; null where it is not.</summary>
    public long? CappedAt { get; set; }
}
