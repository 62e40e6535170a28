namespace FlowDispatch.Tracking;

/// <summary>What a provider reports about a message it took.</summary>
public enum ReceiptStatus
{
    /// <summary>It left the provider.</summary>
    Sent = 1,

    /// <summary>It reached the person's device.</summary>
    Delivered = 2,

    /// <summary>The person opened it.</summary>
    Read = 3,

    /// <summary>It could not be delivered after all.</summary>
    Failed = 4,
}
