namespace FlowDispatch.Recipients;

/// <summary>Kinds of history entries.</summary>
public enum RecipientEventKind
{
    /// <summary>The provider took an attempt.</summary>
    AttemptAccepted = 0,

    /// <summary>An attempt failed.</summary>
    AttemptFailed = 1,

    /// <summary>An attempt has no recorded answer.</summary>
    AttemptInDoubt = 2,

    /// <summary>A receipt: sent.</summary>
    ReceiptSent = 3,

    /// <summary>A receipt: delivered.</summary>
    ReceiptDelivered = 4,

    /// <summary>A receipt: read.</summary>
    ReceiptRead = 5,

    /// <summary>A receipt: failed.</summary>
    ReceiptFailed = 6,

    /// <summary>The person wrote.</summary>
    Replied = 7,

    /// <summary>Decided that it was sent.</summary>
    ResolvedSent = 8,

    /// <summary>Decided that it was not sent.</summary>
    ResolvedNotSent = 9,

    /// <summary>It was put off.</summary>
    Deferred = 10,
}
