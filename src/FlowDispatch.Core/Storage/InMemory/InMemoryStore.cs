namespace FlowDispatch.Storage.InMemory;

/// <summary>The reference store: everything in this process's memory, behind one lock. It forgets all when the process ends.</summary>
/// <remarks>For tests, trials and hosts that can afford to lose a run. It is the measure the other stores are held against.</remarks>
public sealed class InMemoryStore : IStore
{
    /// <summary>An empty store.</summary>
    /// <param name="time">Its clock; leases and due times are judged by it.</param>
    public InMemoryStore(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var tables = new Tables(time);
        Contacts = new InMemoryContacts(tables);
        Uploads = new InMemoryUploads(tables);
        Flows = new InMemoryFlows(tables);
        Automations = new InMemoryAutomations(tables);
        Executions = new InMemoryExecutions(tables);
        Recipients = new InMemoryRecipients(tables);
        Claims = new InMemoryClaims(tables);
        Limits = new InMemoryLimits(tables);
        Inbox = new InMemoryInbox(tables);
        Receivers = new InMemoryReceivers(tables);
        Retention = new InMemoryRetention(tables);
    }

    /// <inheritdoc />
    public IContactStore Contacts { get; }

    /// <inheritdoc />
    public IUploadStore Uploads { get; }

    /// <inheritdoc />
    public IFlowStore Flows { get; }

    /// <inheritdoc />
    public IAutomationStore Automations { get; }

    /// <inheritdoc />
    public IExecutionStore Executions { get; }

    /// <inheritdoc />
    public IRecipientStore Recipients { get; }

    /// <inheritdoc />
    public IClaimStore Claims { get; }

    /// <inheritdoc />
    public ILimitStore Limits { get; }

    /// <inheritdoc />
    public IInboxStore Inbox { get; }

    /// <inheritdoc />
    public IReceiverStore Receivers { get; }

    /// <inheritdoc />
    public IRetentionStore Retention { get; }

    /// <inheritdoc />
    public Task MigrateAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc />
    public Task<string?> CheckAsync(CancellationToken cancellationToken = default) => Task.FromResult<string?>(null);
}
