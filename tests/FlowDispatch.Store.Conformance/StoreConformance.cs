using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Store.Conformance;

/// <summary>What every promise's tests need: an empty store on a clock that stands, and roads to a state worth testing.</summary>
public abstract class StoreConformance<TFixture> : IAsyncLifetime
    where TFixture : IStoreFixture, new()
{
    private long _commits;

    protected TFixture Fixture { get; } = new();

    private int _people;

    protected static TimeSpan Lease { get; } = TimeSpan.FromSeconds(30);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Not on a whole second: what a store rounds off is missed at once.
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567));

    protected DateTimeOffset Now => Clock.GetUtcNow();

    protected IStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await Fixture.CreateAsync(Clock);

    public async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Goes on as another process would, with what the store kept.</summary>
    protected async Task ReopenAsync() => Store = await Fixture.ReopenAsync();

    protected async Task<IReadOnlyList<Contact>> ContactsAsync(int count, string organization = Some.Organization)
    {
        var first = _people;
        _people += count;
        var contacts = new List<Contact>();
        foreach (var chunk in Enumerable.Range(first, count).Select(Some.Upsert).Chunk(1_000))
        {
            var results = await Store.Contacts.UpsertAsync(organization, chunk, ContactUpdateMode.Fill, revive: false, Cancellation);
            contacts.AddRange(results.Select(r => r.Contact));
        }

        return contacts;
    }

    protected async Task<Automation> AutomationAsync(AutomationSettings? settings = null, string organization = Some.Organization)
    {
        var automation = Some.Automation(Clock, settings, organization);
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        return automation;
    }

    protected async Task<Execution> ExecutionAsync(Automation? automation = null)
    {
        var execution = Some.Execution(Clock, automation ?? await AutomationAsync());
        return (await Store.Executions.CreateAsync(execution, cancellationToken: Cancellation)).Execution!;
    }

    /// <summary>A planned and running execution over new contacts.</summary>
    protected async Task<Execution> RunningAsync(int recipients, int sliceSize = 500, Automation? automation = null)
    {
        automation ??= await AutomationAsync();
        var contacts = await ContactsAsync(recipients, automation.OrganizationId);
        var execution = await ExecutionAsync(automation);
        await PlanAsync(execution, [.. contacts.Select(Some.Planned)], sliceSize);
        return await FindAsync(execution);
    }

    protected async Task PlanAsync(Execution execution, IReadOnlyList<PlannedRecipient> recipients, int sliceSize = 500)
    {
        var lease = await Store.Executions.LeasePlanAsync("planner", Lease, Cancellation);
        Assert.Equal(execution.Id, lease?.Execution.Id);
        Assert.True(await Store.Executions.AppendPlanAsync(lease!, Batch(recipients, sliceSize), Cancellation));
    }

    protected PlanBatch Batch(IReadOnlyList<PlannedRecipient> recipients, int sliceSize = 500, bool finished = true, string? position = null) =>
        new() { Recipients = recipients, SliceSize = sliceSize, Finished = finished, Position = position, At = Now };

    protected async Task<DispatchLease> LeaseAsync(Execution execution, int slots = 10)
    {
        var lease = await Store.Claims.LeaseAsync(execution.Number, "node", slots, Lease, Cancellation);
        Assert.NotNull(lease);
        return lease;
    }

    protected Task<IReadOnlyList<WorkItem>> ClaimAsync(DispatchLease lease, int limit = 5_000) => Store.Claims.ClaimAsync(lease, limit, cancellationToken: Cancellation);

    protected Task<bool> MarkAsync(DispatchLease lease, params IEnumerable<WorkItem> items) =>
        Store.Claims.CommitAsync(lease, new() { Number = NextCommit(), Marks = [.. items.Select(i => i.Recipient.Id.Ordinal)] }, Cancellation);

    protected Task<bool> CommitAsync(DispatchLease lease, params IEnumerable<ClaimedChange> changes) =>
        Store.Claims.CommitAsync(lease, new() { Number = NextCommit(), Changes = [.. changes] }, Cancellation);

    /// <summary>Ascending over all leases of a test, as it must be within each.</summary>
    protected long NextCommit() => Interlocked.Increment(ref _commits);

    protected ClaimedChange Accepted(WorkItem item, RunStep? next = null)
    {
        var (now, attempt) = (Now, item.Recipient.Attempts + 1);
        return new(item.Recipient, row => RecipientRules.Accept(row, attempt, $"wamid.{item.Recipient.Id}", now, next ?? Some.End));
    }

    protected static ClaimedChange Deferred(WorkItem item, DateTimeOffset until) =>
        new(item.Recipient, row => RecipientRules.Defer(row, until, ReasonCodes.OutsideWindow));

    protected static ClaimedChange Skipped(WorkItem item) => new(item.Recipient, row => RecipientRules.Skip(row, ReasonCodes.Expired, "Too late."));

    protected async Task<Execution> FindAsync(Execution execution)
    {
        var found = await Store.Executions.FindAsync(execution.OrganizationId, execution.Id, Cancellation);
        Assert.NotNull(found);
        return found;
    }

    protected async Task<Recipient> FindAsync(RecipientId id, string organization = Some.Organization)
    {
        var found = await Store.Recipients.FindAsync(organization, id, Cancellation);
        Assert.NotNull(found);
        return found;
    }

    protected async Task<IReadOnlyList<Recipient>> RecipientsAsync(Execution execution, RecipientFilter? filter = null)
    {
        var rows = new List<Recipient>();
        await foreach (var row in Store.Recipients.StreamAsync(execution.OrganizationId, execution.Id, filter ?? RecipientFilter.All, cancellationToken: Cancellation))
        {
            rows.Add(row);
        }

        return rows;
    }

    protected Task<int> TransitionAsync(RecipientId id, Func<RecipientSituation, RecipientChange?> decide) =>
        Store.Recipients.TransitionAsync([new(id, decide)], [], Cancellation);

    protected Task WroteAsync(string channel, ContactId contact, DateTimeOffset at) =>
        Store.Contacts.TouchConversationsAsync(Some.Organization, channel, new Dictionary<ContactId, DateTimeOffset> { [contact] = at }, Cancellation);

    protected async Task<RecipientId?> LatestAsync(string channel, ContactId contact) =>
        (await Store.Recipients.FindLatestAsync(channel, [contact], Cancellation)).TryGetValue(contact, out var latest) ? latest.Id : null;

    protected async Task CancelAsync(Execution execution) => await Store.Executions.UpdateAsync(
        execution.OrganizationId, execution.Id, e => e with { Status = ExecutionStatus.Cancelled, CompletedAt = Now }, Cancellation);

    protected async Task<ControlledExecution?> ControlAsync(Execution execution) =>
        (await Store.Claims.ReadControlAsync(0, Cancellation)).Executions.SingleOrDefault(e => e.Number == execution.Number);

    /// <summary>Counters agree with rows, and everybody is in one status.</summary>
    protected async Task<ExecutionAudit> ConsistentAsync(Execution execution)
    {
        var audit = await Store.Executions.AuditAsync(execution.OrganizationId, execution.Id, Cancellation);
        Assert.NotNull(audit);
        Assert.Equal(audit.Rows, audit.Execution.Counters);
        Assert.Equal(audit.Rows.Total, audit.ByStatus.Values.Sum());
        return audit;
    }
}
