using FlowDispatch.Storage;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>A store under a meter. It keeps and answers what the store beneath does.</summary>
internal sealed class MeasuredStore(IStore inner, StoreMeter meter) : IStore
{
    public IContactStore Contacts { get; } = CountedRole<IContactStore>.Over(inner.Contacts, meter);

    public IUploadStore Uploads { get; } = CountedRole<IUploadStore>.Over(inner.Uploads, meter);

    public IFlowStore Flows { get; } = CountedRole<IFlowStore>.Over(inner.Flows, meter);

    public IAutomationStore Automations { get; } = CountedRole<IAutomationStore>.Over(inner.Automations, meter);

    public IExecutionStore Executions { get; } = new MeasuredExecutions(inner.Executions, meter);

    public IRecipientStore Recipients { get; } = CountedRole<IRecipientStore>.Over(inner.Recipients, meter);

    public IClaimStore Claims { get; } = new MeasuredClaims(inner.Claims, meter);

    public ILimitStore Limits { get; } = CountedRole<ILimitStore>.Over(inner.Limits, meter);

    public IInboxStore Inbox { get; } = CountedRole<IInboxStore>.Over(inner.Inbox, meter);

    public IReceiverStore Receivers { get; } = CountedRole<IReceiverStore>.Over(inner.Receivers, meter);

    public IRetentionStore Retention { get; } = CountedRole<IRetentionStore>.Over(inner.Retention, meter);

    public Task MigrateAsync(CancellationToken cancellationToken = default) => inner.MigrateAsync(cancellationToken);

    public Task<string?> CheckAsync(CancellationToken cancellationToken = default) => inner.CheckAsync(cancellationToken);
}
