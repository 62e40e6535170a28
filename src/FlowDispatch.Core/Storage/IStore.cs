namespace FlowDispatch.Storage;

/// <summary>Where FlowDispatch keeps everything, by roles. One store serves all organizations and all nodes of a host.</summary>
/// <remarks>
/// Every member is atomic unless its remarks say otherwise: after a crash either all of a call's effect is there or none.
/// What a call acknowledged survives a crash of the process (in memory: nothing does). Members are safe to call from many threads.
/// The conformance suite is the contract in code.
/// </remarks>
public interface IStore
{
    /// <summary>People.</summary>
    IContactStore Contacts { get; }

    /// <summary>Uploaded lists.</summary>
    IUploadStore Uploads { get; }

    /// <summary>Flows and their versions.</summary>
    IFlowStore Flows { get; }

    /// <summary>Automations.</summary>
    IAutomationStore Automations { get; }

    /// <summary>Executions and their planning.</summary>
    IExecutionStore Executions { get; }

    /// <summary>Recipients as users see them, and single changes of them.</summary>
    IRecipientStore Recipients { get; }

    /// <summary>What nodes lease, mark and record: the hot path.</summary>
    IClaimStore Claims { get; }

    /// <summary>Rates shared by all nodes.</summary>
    ILimitStore Limits { get; }

    /// <summary>What providers told us, kept until it is acted on.</summary>
    IInboxStore Inbox { get; }

    /// <summary>Who takes receipts in, and how far they came: what may settle a doubt.</summary>
    IReceiverStore Receivers { get; }

    /// <summary>What ends the keeping of data: pruning and erasure.</summary>
    IRetentionStore Retention { get; }

    /// <summary>Creates or migrates the schema. Safe when several processes call it at once.</summary>
    Task MigrateAsync(CancellationToken cancellationToken = default);

    /// <summary>Null when the store is reachable and its schema is current; otherwise what is wrong, fit for operators.</summary>
    Task<string?> CheckAsync(CancellationToken cancellationToken = default);
}
