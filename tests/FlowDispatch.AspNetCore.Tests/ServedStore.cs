using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.AspNetCore.Tests;

/// <summary>A store that can be out of reach.</summary>
internal sealed class ServedStore(IStore inner) : IStore, IInboxStore
{
    /// <summary>What the store says of itself; null while it is sound.</summary>
    public string? Problem { get; set; }

    /// <summary>Whether every call fails.</summary>
    public bool Down { get; set; }

    public IContactStore Contacts => inner.Contacts;

    public IUploadStore Uploads => inner.Uploads;

    /// <summary>What flows are asked in vain with; null while they answer.</summary>
    public Exception? Outage { get; set; }

    public IFlowStore Flows => Outage is null ? inner.Flows : throw Outage;

    public IAutomationStore Automations => inner.Automations;

    public IExecutionStore Executions => inner.Executions;

    public IRecipientStore Recipients => inner.Recipients;

    public IClaimStore Claims => inner.Claims;

    public ILimitStore Limits => inner.Limits;

    public IInboxStore Inbox => this;

    public IReceiverStore Receivers => inner.Receivers;

    public IRetentionStore Retention => inner.Retention;

    public Task MigrateAsync(CancellationToken cancellationToken = default) => inner.MigrateAsync(cancellationToken);

    public Task<string?> CheckAsync(CancellationToken cancellationToken = default) => Answer(Problem);

    public Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        Down ? throw Refusal() : inner.Inbox.AppendAsync(events, now, cancellationToken);

    public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default) =>
        inner.Inbox.ReadAsync(now, limit, cancellationToken);

    public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default) =>
        inner.Inbox.PutOffAsync(entries, until, cancellationToken);

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) => inner.Inbox.DropAsync(entries, cancellationToken);

    private static IOException Refusal() => new("Can't reach 10.0.0.7 as user secret.");

    private Task<string?> Answer(string? answer) => Down ? throw Refusal() : Task.FromResult(answer);
}
