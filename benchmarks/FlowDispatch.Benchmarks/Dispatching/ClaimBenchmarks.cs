using BenchmarkDotNet.Attributes;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>What one recipient costs in the in-memory store, the engine left out: claimed, marked, recorded.</summary>
[MemoryDiagnoser]
public class ClaimBenchmarks
{
    private const int Recipients = 10_000;
    private const int Hand = 150;

    private static readonly RunStep End = new RunStep.End("end", "completed");

    private IClaimStore? _claims;
    private DispatchLease? _lease;
    private DateTimeOffset _now;

    /// <summary>A planned execution and a lease on it.</summary>
    [IterationSetup]
    public void Plan() => PlanAsync().GetAwaiter().GetResult();

    /// <summary>A node's store calls for everybody, in hands of 150.</summary>
    [Benchmark(OperationsPerInvoke = Recipients)]
    public async Task ClaimMarkRecord()
    {
        var commits = 0L;
        IReadOnlyList<WorkItem> hand;
        while ((hand = await _claims!.ClaimAsync(_lease!, Hand)).Count > 0)
        {
            await _claims.CommitAsync(_lease!, new() { Number = ++commits, Marks = [.. hand.Select(i => i.Recipient.Id.Ordinal)] });
            await _claims.CommitAsync(_lease!, new() { Number = ++commits, Changes = [.. hand.Select(Accepted)] });
        }
    }

    private ClaimedChange Accepted(WorkItem item) => new(item.Recipient, row => RecipientRules.Accept(row, 1, row.PhoneNumber, _now, End));

    private async Task PlanAsync()
    {
        _now = TimeProvider.System.GetUtcNow();
        var store = new InMemoryStore(TimeProvider.System);
        var settings = new AutomationSettings { Name = "Benchmark", FlowId = new(Guid.Empty), ChannelId = "channel" };
        var automation = new Automation
        {
            Id = AutomationId.New(TimeProvider.System),
            OrganizationId = SamplePeople.Organization,
            Status = AutomationStatus.Draft,
            Settings = settings,
            CreatedAt = _now,
            UpdatedAt = _now,
        };
        await store.Automations.CreateAsync(automation);
        await store.Executions.CreateAsync(new()
        {
            Id = ExecutionId.New(TimeProvider.System),
            OrganizationId = SamplePeople.Organization,
            AutomationId = automation.Id,
            Snapshot = new() { Settings = settings, FlowVersion = 1, FlowNodes = [new FlowNode.Start("start", "end"), new FlowNode.End("end", null)] },
            Status = ExecutionStatus.Queued,
            CreatedAt = _now,
        });

        var plan = (await store.Executions.LeasePlanAsync("node", TimeSpan.FromMinutes(1)))!;
        foreach (var numbers in Enumerable.Range(0, Recipients).Chunk(1_000))
        {
            await store.Executions.AppendPlanAsync(plan, new()
            {
                Recipients = [.. numbers.Select(Planned)],
                Position = null,
                Finished = numbers[^1] == Recipients - 1,
                SliceSize = 500,
                At = _now,
            });
        }

        _claims = store.Claims;
        _lease = await _claims.LeaseAsync(plan.Execution.Number, "node", settings.MaxConcurrentExecutions, TimeSpan.FromMinutes(1));
    }

    private static PlannedRecipient Planned(int number)
    {
        var contact = SamplePeople.Contact(number);
        return new() { ContactId = contact.Id, PhoneNumber = contact.WhatsAppId, ContactName = contact.Name };
    }
}
