using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Testing.Simulations;
using FlowDispatch.Testing.Time;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>The whole engine on the in-memory store, every node of it on one thread, under a clock that only the test moves.</summary>
/// <remarks>What runs next is drawn from a seed, so a test does the same each time, however busy the machine is.</remarks>
internal sealed class EngineHost : IAsyncDisposable
{
    public const string Organization = "org-1";

    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<Handed> _handed = [];
    private readonly SenderKind _kind;

    public EngineHost(
        SenderCapabilities capabilities = SenderCapabilities.Receipts, int? perSecond = null, bool window = false, int seed = 1, DateTimeOffset? start = null)
    {
        World = new(seed, start ?? new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero), keepTrace: false) { MostSteps = 20_000_000 };
        Work = new WorldQueue(World);
        Store = new InMemoryStore(Clock);
        Sender = new(capabilities);
        _kind = new(new Channel
        {
            Id = "channel-1",
            OrganizationId = Organization,
            Kind = Provider.Kind,
            ProviderId = "1",
            MessagesPerSecond = perSecond,
            HasConversationWindow = window,
        });
    }

    public World World { get; }

    public ManualClock Clock => World.Clock;

    /// <summary>The store itself, which answers at once; nodes reach it through <see cref="Climate"/>.</summary>
    public IStore Store { get; }

    public StoreClimate Climate { get; } = new();

    /// <summary>What every node that is started from now on registers besides.</summary>
    public Action<FlowDispatchBuilder>? Register { get; set; }

    public RecordingSender Sender { get; }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>What the sender was given, with the node that gave it and the time.</summary>
    public IReadOnlyList<Handed> HandedOver => _handed;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private WorkQueue Work { get; }

    /// <summary>Starts another node on the same store, which takes receipts in unless <paramref name="receives"/> is false.</summary>
    public Task<SimulatedNode> StartAsync(Action<FlowDispatchOptions>? configure = null, bool receives = true)
    {
        var node = new SimulatedNode(
            World,
            $"n{_nodes.Count + 1}",
            clockOffset: TimeSpan.Zero,
            self => SimulatedStore.Wrap(Store, new(World, self, Climate)),
            self => new NodeSender(this, self),
            _kind,
            configure ?? (_ => { }),
            receives,
            Register);
        _nodes.Add(node);
        return Task.FromResult(node);
    }

    /// <summary>For a test in which hours pass: a node that looks no more often than it must.</summary>
    public static void Idle(FlowDispatchOptions options) => options.Node.ControlInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Lets the sender answer so many messages, and further ones only as they are released.</summary>
    public HeldAnswers Hold(int answers)
    {
        var held = new HeldAnswers(answers, Work);
        Sender.Answer = async (message, _) =>
        {
            await held.WaitAsync();
            return RecordingSender.Accept(message);
        };
        return held;
    }

    /// <summary>Lets the sender take so long over each message before it accepts.</summary>
    public void Slow(TimeSpan latency) => Sender.Answer = async (message, _) =>
    {
        await World.PauseAsync(null, latency);
        return RecordingSender.Accept(message);
    };

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

    /// <summary>The settings with an audience of these people alone.</summary>
    public static AutomationSettings SettingsFor(IEnumerable<Contact> people, Func<AutomationSettings, AutomationSettings>? with = null) => Settings(s => (with?.Invoke(s) ?? s) with
    {
        AudienceType = "custom",
        AudienceConfig = JsonSerializer.SerializeToElement(new { contact_ids = people.Select(p => p.Id.Value) }),
    });

    public static IReadOnlyList<FlowNode> Says(params string[] texts) =>
    [
        new FlowNode.Start("start", texts.Length == 0 ? "end" : "m0"),
        .. texts.Select((text, i) => new FlowNode.Message($"m{i}", text, i + 1 < texts.Length ? $"m{i + 1}" : "end")),
        new FlowNode.End("end", null),
    ];

    /// <summary>Creates an automation with its flow as the API does.</summary>
    public async Task<Automation> AutomationAsync(SimulatedNode node, AutomationSettings settings)
    {
        var flow = await AskAsync<FlowService, Flow>(node, flows => flows.CreateAsync(Organization, "Flow", Says("Hello {{ name }}"), Cancellation));
        return (await AskAsync<AutomationService, CheckedAutomation>(
            node, automations => automations.CreateAsync(Organization, settings with { FlowId = flow.Id }, cancellationToken: Cancellation))).Automation;
    }

    /// <summary>Starts an automation as the API does.</summary>
    public async Task<Execution> LaunchAsync(SimulatedNode node, Automation automation, StartRequest? request = null) =>
        (await AskAsync<ExecutionStarter, ExecutionCreation>(node, starter => starter.StartAsync(automation, request ?? new(), cancellationToken: Cancellation))).Execution!;

    /// <summary>Puts an execution of a new automation into the store.</summary>
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
        return await BeginAsync(automation, flow);
    }

    /// <summary>Puts another execution of an automation into the store.</summary>
    public async Task<Execution> BeginAsync(Automation automation, IReadOnlyList<FlowNode>? flow = null)
    {
        var created = await Store.Executions.CreateAsync(
            new()
            {
                Id = ExecutionId.New(Clock),
                OrganizationId = Organization,
                AutomationId = automation.Id,
                Snapshot = new() { Settings = automation.Settings, FlowVersion = 1, FlowNodes = flow ?? Says("Hello {{name}}") },
                Status = ExecutionStatus.Queued,
                CreatedAt = Clock.GetUtcNow(),
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

    /// <summary>Asks a service of a node, and lets the world go on until it answers.</summary>
    public async Task<T> AskAsync<TService, T>(SimulatedNode node, Func<TService, Task<T>> question)
        where TService : notnull
    {
        Task<T>? answer = null;
        node.Post(() => answer = question(node.Services.GetRequiredService<TService>()));
        await UntilAsync(() => answer is { IsCompleted: true }, TimeSpan.FromMinutes(1));
        return await answer!;
    }

    public Task ReceiveAsync(SimulatedNode node, params InboundEvent[] events) => AskAsync<Inbox, bool>(node, async inbox =>
    {
        await inbox.ReceiveAsync(events, Cancellation);
        return true;
    });

    /// <summary>Lets the world go on until something holds, which is asked after each step.</summary>
    public Task UntilAsync(Func<bool> holds, TimeSpan? atMost = null)
    {
        Assert.True(Run(holds, atMost ?? TimeSpan.FromHours(1)), "What was waited for did not come to hold in time.");
        return Task.CompletedTask;
    }

    /// <inheritdoc cref="UntilAsync(Func{bool}, TimeSpan?)" />
    public Task UntilAsync(Func<Task<bool>> holds, TimeSpan? atMost = null) => UntilAsync(() => AtOnce(holds()), atMost);

    public Task UntilAsync(Execution execution, ExecutionStatus status, TimeSpan? atMost = null) =>
        UntilAsync(async () => (await ReadAsync(execution)).Status == status, atMost);

    /// <summary>Lets time pass, and whatever it wakes run.</summary>
    public Task PassAsync(TimeSpan time)
    {
        Run(() => false, time);
        return Task.CompletedTask;
    }

    /// <summary>Every figure agrees with the rows, and every planned recipient is in one status.</summary>
    public async Task AssertConsistentAsync(Execution execution)
    {
        var audit = await Store.Executions.AuditAsync(Organization, execution.Id, Cancellation);
        Assert.Equal(audit!.Rows, audit.Execution.Counters);
        Assert.True(audit.Consistent);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static bool AtOnce(Task<bool> answer) =>
        answer.IsCompleted ? answer.GetAwaiter().GetResult() : throw new InvalidOperationException("Ask the store itself, which answers at once.");

    private bool Run(Func<bool> holds, TimeSpan atMost)
    {
        var held = World.RunUntil(holds, atMost);
        Assert.Empty(World.Violations);
        Assert.All(_nodes, n => Assert.Null(n.Run.Exception));
        return held;
    }

    /// <summary>One hand-over to the sender.</summary>
    internal sealed record Handed(DateTimeOffset At, SimulatedNode Node, OutgoingMessage Message);

    /// <summary>Answers that wait to be let go.</summary>
    internal sealed class HeldAnswers(int answers, WorkQueue work)
    {
        private readonly AsyncSlots _slots = new(answers, work);

        public ValueTask WaitAsync() => _slots.EnterAsync();

        public void Release(int answers)
        {
            for (var i = 0; i < answers; i++)
            {
                _slots.Leave();
            }
        }
    }

    /// <summary>The test's sender as one node has it: an answer that comes later wakes the node, if that lives, and a node that gives up waits no longer.</summary>
    private sealed class NodeSender(EngineHost host, SimulatedNode node) : IMessageSender
    {
        public SenderCapabilities Capabilities => host.Sender.Capabilities;

        public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
        {
            host._handed.Add(new(host.Clock.GetUtcNow(), node, message));
            var answer = host.Sender.SendAsync(message, cancellationToken);
            if (!answer.IsCompleted)
            {
                var answered = new AsyncSignal(node);
                _ = WakeAsync(answer, answered);
                await answered.WaitAsync(Timeout.InfiniteTimeSpan, node.Clock, cancellationToken);
            }

            return await answer;
        }

        private static async Task WakeAsync(Task answer, AsyncSignal answered)
        {
            await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            answered.Set();
        }
    }

    private sealed class WorldQueue(World world) : WorkQueue
    {
        public override void Post(Action work) => world.Post(null, work);
    }

    private sealed class SenderKind(Channel channel) : IChannelDirectory
    {
        public IReadOnlyCollection<Channel> Channels { get; } = [channel];
    }
}
