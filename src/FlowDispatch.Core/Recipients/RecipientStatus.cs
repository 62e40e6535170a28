namespace FlowDispatch.Recipients;

/// <summary>Where a recipient stands. From <see cref="Sent"/> to <see cref="Completed"/> it is a ladder that is only climbed.</summary>
public enum RecipientStatus
{
    /// <summary>To be sent to.</summary>
    Pending = 0,

    /// <summary>In a sender's hands. Stores derive it from attempt marks; it is never a row's own value.</summary>
    Sending = 1,

    /// <summary>It is unknown whether the provider took the message.</summary>
    InDoubt = 2,

    /// <summary>The provider took it.</summary>
    Sent = 3,

    /// <summary>It reached a device.</summary>
    Delivered = 4,

    /// <summary>It was opened.</summary>
    Read = 5,

    /// <summary>The person wrote back.</summary>
    Replied = 6,

    /// <summary>The person wrote back and the run reached its end.</summary>
    Completed = 7,

    /// <summary>It will not be sent, or was not delivered.</summary>
    Failed = 8,

    /// <summary>Never sent to, for a reason.</summary>
    Skipped = 9,

    /// <summary>Left out because the execution was cancelled.</summary>
    Cancelled = 10,
}
