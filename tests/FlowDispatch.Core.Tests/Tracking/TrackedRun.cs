using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Tracking;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Tests.Tracking;

/// <summary>One execution in the in-memory store whose messages go through a node's hands, and the inbox that hears of them.</summary>
internal sealed class TrackedRun
{
    public const string Org = "org-1";
    public const string ChannelId = "channel-1";

    private readonly List<WorkItem> _items = [];
    private long _commits;
    private DispatchLease _lease = null!;

    private TrackedRun()
    {
        Store = new(Clock);
        var runs = new RunDirectory(Store.Executions);
        Processor = new(
            Store,
            new(Store, runs, [Directory], NullLogger.Instance),
            runs,
            new(),
            Clock,
            new Random(1),
            new(null),
            NullLogger.Instance);
    }

    public FakeTimeProvider Clock { get; } = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public InMemoryStore Store { get; }

    public ChannelList Directory { get; } = new()
    {
        Channels =
        [
            new() { Id = ChannelId, OrganizationId = Org, Kind = "whatsapp", ProviderId = "p-1" },
            new() { Id = "channel-2", OrganizationId = "org-2", Kind = "whatsapp", ProviderId = "p-2" },
        ],
    };

    public InboxProcessor Processor { get; }

    public DateTimeOffset HandedOverAt { get; private set; }

    public Execution Execution { get; private set; } = null!;

    public IReadOnlyList<Contact> Contacts { get; private set; } = [];

    public CancellationToken Cancellation { get; } = TestContext.Current.CancellationToken;

    public static async Task<TrackedRun> StartAsync(
        Func<AutomationSettings, AutomationSettings>? settings = null, IReadOnlyList<FlowNode>? flow = null, params string[] numbers)
    {
        var run = new TrackedRun();
        await run.PlanAsync(settings ?? (s => s), flow ?? OneMessage(), numbers.Length == 0 ? ["5511988887777"] : numbers);
        return run;
    }

    public static IReadOnlyList<FlowNode> OneMessage() =>
        [new FlowNode.Start("start", "a"), new FlowNode.Message("a", "Hi", "end"), new FlowNode.End("end", null)];

    public static IReadOnlyList<FlowNode> TwoMessages() =>
        [new FlowNode.Start("start", "a"), new FlowNode.Message("a", "Hi", "b"), new FlowNode.Message("b", "And", "end"), new FlowNode.End("end", null)];

    /// <summary>Claims and marks what is due: the messages are in a sender's hands now.</summary>
    public async Task HandOverAsync()
    {
        _lease = (await Store.Claims.LeaseAsync(Execution.Number, "node", 10, TimeSpan.FromMinutes(1), Cancellation))!;
        _items.Clear();
        _items.AddRange(await Store.Claims.ClaimAsync(_lease, 100, cancellationToken: Cancellation));
        HandedOverAt = Clock.GetUtcNow();
        await CommitAsync(new() { Number = ++_commits, Marks = [.. _items.Select(i => i.Recipient.Id.Ordinal)] });
    }

    /// <summary>The provider answers that it took all of them, as <c>m{ordinal}-{attempt}</c>.</summary>
    public async Task AcceptAsync(RunStep? next = null)
    {
        var now = Clock.GetUtcNow();
        await CommitAsync(new()
        {
            Number = ++_commits,
            Changes =
            [
                .. _items.Select(i => new ClaimedChange(
                    i.Recipient,
                    row => RecipientRules.Accept(row, i.Recipient.Attempts + 1, Message(i.Recipient, i.Recipient.Attempts + 1), now, next ?? new RunStep.End("end", "completed"), HandedOverAt))),
            ],
        });
        await LetGoAsync();
    }

    /// <summary>The provider answers that it did not take them this time.</summary>
    public async Task FailAsync(DateTimeOffset? retryAt)
    {
        var now = Clock.GetUtcNow();
        await CommitAsync(new()
        {
            Number = ++_commits,
            Changes = [.. _items.Select(i => new ClaimedChange(i.Recipient, row => RecipientRules.Fail(row, i.Recipient.Attempts + 1, "busy", "Busy.", now, retryAt)))],
        });
        await LetGoAsync();
    }

    /// <summary>The node is gone: without an answer, what it had in hand is in doubt.</summary>
    public Task LetGoAsync() => Store.Claims.ReleaseAsync(_lease, Cancellation);

    public async Task SendAsync(RunStep? next = null)
    {
        await HandOverAsync();
        await AcceptAsync(next);
    }

    public async Task<Recipient> RowAsync(int ordinal = 0) => (await Store.Recipients.FindAsync(Org, Id(ordinal), Cancellation))!;

    public RecipientId Id(int ordinal = 0) => RecipientId.Create(Execution.Number, ordinal, Execution.CreatedAt);

    public async Task<IReadOnlyList<RecipientEvent>> HistoryAsync(int ordinal = 0) => await Store.Recipients.ReadHistoryAsync(Id(ordinal), Cancellation);

    public async Task<ExecutionCounters> CountersAsync()
    {
        var audit = (await Store.Executions.AuditAsync(Org, Execution.Id, Cancellation))!;
        Assert.True(audit.Consistent);
        return audit.Rows;
    }

    public InboundEvent.Receipt Receipt(ReceiptStatus status, int attempt = 1, int ordinal = 0) => new()
    {
        ChannelId = ChannelId,
        At = Clock.GetUtcNow(),
        ProviderMessageId = $"m{ordinal}-{attempt}",
        AttemptId = new AttemptId(Id(ordinal), attempt).ToString(),
        Status = status,
        ErrorCode = status == ReceiptStatus.Failed ? "131026" : null,
        ErrorMessage = status == ReceiptStatus.Failed ? "Undeliverable." : null,
    };

    public InboundEvent.Reply Reply(string text, string? from = "5511988887777", string id = "in-1") =>
        new() { ChannelId = ChannelId, At = Clock.GetUtcNow(), ProviderMessageId = id, From = from, Text = text };

    /// <summary>Takes events in and settles all that is due.</summary>
    public async Task HearAsync(params InboundEvent[] events)
    {
        await Store.Inbox.AppendAsync(events, Clock.GetUtcNow(), Cancellation);
        await SettleAsync();
    }

    public Task<int> SettleAsync() => Processor.RunOnceAsync(Cancellation);

    public async Task<int> WaitingAsync() => (await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 1_000, Cancellation)).Count;

    public async Task<Contact> ContactAsync(int at = 0) => Assert.Single(await Store.Contacts.FindAsync(Org, [Contacts[at].Id], Cancellation));

    private static string Message(Recipient row, int attempt) => $"m{row.Id.Ordinal}-{attempt}";

    private async Task CommitAsync(DispatchCommit commit) => Assert.True(await Store.Claims.CommitAsync(_lease, commit, Cancellation));

    private async Task PlanAsync(Func<AutomationSettings, AutomationSettings> settings, IReadOnlyList<FlowNode> flow, string[] numbers)
    {
        var now = Clock.GetUtcNow();
        var kept = await Store.Contacts.UpsertAsync(
            Org, [.. numbers.Select(n => new ContactUpsert { WhatsAppId = n })], ContactUpdateMode.Fill, revive: false, Cancellation);
        Contacts = [.. kept.Select(k => k.Contact)];
        var automation = new Automation
        {
            Id = new(Guid.CreateVersion7(now)),
            OrganizationId = Org,
            Status = AutomationStatus.Draft,
            Settings = settings(new() { Name = "Run", FlowId = FlowId.New(Clock), ChannelId = ChannelId }),
            CreatedAt = now,
            UpdatedAt = now,
        };
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        var creation = await Store.Executions.CreateAsync(
            new()
            {
                Id = new(Guid.CreateVersion7(now)),
                OrganizationId = Org,
                AutomationId = automation.Id,
                Snapshot = new() { Settings = automation.Settings, FlowVersion = 1, FlowNodes = flow },
                Status = ExecutionStatus.Queued,
                CreatedAt = now,
            },
            cancellationToken: Cancellation);
        Execution = creation.Execution!;
        var lease = (await Store.Executions.LeasePlanAsync("node", TimeSpan.FromMinutes(1), Cancellation))!;

        // Not the last batch: the execution stays open, as it does while others are still being sent to.
        Assert.True(await Store.Executions.AppendPlanAsync(
            lease,
            new()
            {
                Recipients = [.. Contacts.Select(c => new PlannedRecipient { ContactId = c.Id, PhoneNumber = c.WhatsAppId })],
                Position = null,
                SliceSize = 10,
                At = now,
            },
            Cancellation));
    }

    internal sealed class ChannelList : IChannelDirectory
    {
        public IReadOnlyCollection<Channel> Channels { get; set; } = [];
    }
}
