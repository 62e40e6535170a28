using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>The whole engine on the in-memory store, under a clock that only the test moves.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    public const string Organization = "org-1";

    private readonly List<ServiceProvider> _nodes = [];
    private readonly List<IHostedService> _running = [];
    private readonly SenderKind _kind;

    public EngineHost(SenderCapabilities capabilities = SenderCapabilities.Receipts, int? perSecond = null, bool window = false)
    {
        Clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        Store = new InMemoryStore(Clock);
        Sender = new(capabilities);
        _kind = new(new Channel
        {
            Id = "channel-1",
            OrganizationId = Organization,
            Kind = "test",
            ProviderId = "1",
            MessagesPerSecond = perSecond,
            HasConversationWindow = window,
        });
    }

    public FakeTimeProvider Clock { get; }

    public IStore Store { get; }

    public RecordingSender Sender { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts another node on the same store.</summary>
    public async Task<ServiceProvider> StartAsync(Action<FlowDispatchOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddFlowDispatch(o =>
        {
            // No lease ends because this machine was slower than the clock that the test moves.
            o.Node.LeaseDuration = TimeSpan.FromMinutes(30);
            configure?.Invoke(o);
        });
        services.AddSingleton(Store);
        services.AddSingleton<IChannelDirectory>(_kind);
        services.AddKeyedSingleton<IMessageSender>("test", Sender);
        var node = services.BuildServiceProvider();
        _nodes.Add(node);
        foreach (var hosted in node.GetServices<IHostedService>())
        {
            _running.Add(hosted);
            await hosted.StartAsync(Cancellation);
        }

        return node;
    }

    /// <summary>Lets the sender answer so many messages, and further ones only as they are released.</summary>
    public SemaphoreSlim Hold(int answers)
    {
        var gate = new SemaphoreSlim(answers);
        Sender.Answer = async (message, token) =>
        {
            await gate.WaitAsync(token);
            return RecordingSender.Accept(message);
        };
        return gate;
    }

    public async Task<IReadOnlyList<Contact>> PeopleAsync(int count)
    {
        var people = new List<Contact>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(1_000))
        {
            var upserts = chunk.Select(i => new ContactUpsert { WhatsAppId = $"55119{90_000_000 + i}", Name = $"Person {i}" }).ToList();
            var results = await Store.Contacts.UpsertAsync(Organization, upserts, ContactUpdateMode.Fill, revive: false, Cancellation);
            people.AddRange(results.Select(r => r.Contact));
        }

        return people;
    }

    public static AutomationSettings Settings(Func<AutomationSettings, AutomationSettings>? with = null)
    {
        var settings = new AutomationSettings
        {
            Name = "Test",
            FlowId = new(Guid.Empty),
            ChannelId = "channel-1",
            AudienceType = "all",
            RateLimitPerHour = null,
            VariableMapping = new Dictionary<string, JsonElement> { ["name"] = JsonElement.Parse("\"{{ contact.name }}\"") },
        };
        return with?.Invoke(settings) ?? settings;
    }

    public static IReadOnlyList<FlowNode> Says(params string[] texts) =>
    [
        new FlowNode.Start("start", texts.Length == 0 ? "end" : "m0"),
        .. texts.Select((text, i) => new FlowNode.Message($"m{i}", text, i + 1 < texts.Length ? $"m{i + 1}" : "end")),
        new FlowNode.End("end", null),
    ];

    public async Task<Execution> BeginAsync(AutomationSettings settings, IReadOnlyList<FlowNode>? flow = null)
    {
        var now = Clock.GetUtcNow();
        var automation = new Automation
        {
            Id = AutomationId.New(Clock),
            OrganizationId = Organization,
            Status = AutomationStatus.Draft,
            Settings = settings,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        var created = await Store.Executions.CreateAsync(
            new()
            {
                Id = ExecutionId.New(Clock),
                OrganizationId = Organization,
                AutomationId = automation.Id,
                Snapshot = new() { Settings = settings, FlowVersion = 1, FlowNodes = flow ?? Says("Hello {{name}}") },
                Status = ExecutionStatus.Queued,
                CreatedAt = now,
            },
            cancellationToken: Cancellation);
        return created.Execution!;
    }

    public async Task<Execution> ReadAsync(Execution execution) => (await Store.Executions.FindAsync(Organization, execution.Id, Cancellation))!;

    public async Task<IReadOnlyList<Recipient>> RecipientsAsync(Execution execution)
    {
        var all = new List<Recipient>();
        await foreach (var recipient in Store.Recipients.StreamAsync(Organization, execution.Id, RecipientFilter.All, cancellationToken: Cancellation))
        {
            all.Add(recipient);
        }

        return all;
    }

    public Task ChangeAsync(Execution execution, ExecutionStatus status) =>
        Store.Executions.UpdateAsync(Organization, execution.Id, e => e with { Status = status }, Cancellation);

    /// <summary>Moves the clock in small steps until something holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? atMost = null)
    {
        var end = Clock.GetUtcNow() + (atMost ?? TimeSpan.FromHours(1));
        while (!await holds())
        {
            Assert.True(Clock.GetUtcNow() < end, "What was waited for did not come to hold in time.");
            await TickAsync(TimeSpan.FromMilliseconds(25));
        }
    }

    public Task UntilAsync(Execution execution, ExecutionStatus status, TimeSpan? atMost = null) =>
        UntilAsync(async () => (await ReadAsync(execution)).Status == status, atMost);

    /// <summary>Lets time pass, and whatever it wakes run.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan? step = null)
    {
        var end = Clock.GetUtcNow() + time;
        while (Clock.GetUtcNow() < end)
        {
            await TickAsync(step ?? TimeSpan.FromMilliseconds(25));
        }
    }

    /// <summary>Every figure agrees with the rows, and every planned recipient is in one status.</summary>
    public async Task AssertConsistentAsync(Execution execution)
    {
        var audit = await Store.Executions.AuditAsync(Organization, execution.Id, Cancellation);
        Assert.Equal(audit!.Rows, audit.Execution.Counters);
        Assert.True(audit.Consistent);
    }

    public static Task ReceiveAsync(ServiceProvider node, params InboundEvent[] events) => node.GetRequiredService<Inbox>().ReceiveAsync(events, Cancellation);

    public async ValueTask DisposeAsync()
    {
        using var impatient = new CancellationTokenSource();
        var stops = _running.Select(r => r.StopAsync(impatient.Token)).ToList();
        var stopped = Task.WhenAll(stops);
        for (var i = 0; i < 400 && !stopped.IsCompleted; i++)
        {
            await TickAsync(TimeSpan.FromMilliseconds(25));
        }

        await impatient.CancelAsync();
        await stopped;
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task TickAsync(TimeSpan step)
    {
        Clock.Advance(step);


        // Through the pool's queue again and again, behind whatever the clock has woken. Work that takes longer than that is
        // late by steps of the clock, as on a busy machine; so tests claim what holds then too, and wait long.
        for (var quiet = 0; quiet < 12;)
        {
            await Task.Run(static () => { });
            quiet = ThreadPool.PendingWorkItemCount == 0 ? quiet + 1 : 0;
        }
    }

    private sealed class SenderKind(Channel channel) : IChannelDirectory
    {
        public IReadOnlyCollection<Channel> Channels { get; } = [channel];
    }
}
