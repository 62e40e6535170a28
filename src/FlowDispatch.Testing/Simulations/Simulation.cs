using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;

namespace FlowDispatch.Testing.Simulations;

/// <summary>The whole engine on several nodes, on one thread, under a manual clock, in a world that breaks: what a seed draws happens, and happens again.</summary>
/// <remarks>
/// Nodes die between any two steps, freeze and come back, are stopped and restarted; the store is slow, away, and loses
/// answers; the provider loses requests and answers, throttles, refuses, and tells receipts late, twice, out of order and
/// before the answer; operators pause, resume, cancel, and opt people out. Then the storm ends, everything is let run to its
/// end, and the promises are held against what the provider really took.
/// </remarks>
public sealed class Simulation
{
    private const string Organization = "org";
    private const string ChannelId = "channel";
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(3);

    private readonly World _world;
    private readonly SimulationPlan _plan;
    private readonly IStore _store;
    private readonly StoreClimate _climate = new();
    private readonly Provider _provider;
    private readonly SimulatedNode?[] _nodes;
    private readonly List<SimulatedNode> _gone = [];
    private readonly List<Contact> _people = [];
    private readonly List<Execution> _executions = [];
    private readonly Promises _promises;
    private readonly Operators _operators;
    private int _started;

    private Simulation(int seed, Func<TimeProvider, IStore> store, bool trace)
    {
        _world = new(seed, Start, trace);
        _plan = SimulationPlan.Draw(_world.Chance);
        _store = store(_world.Clock);
        _provider = new(_world, _plan) { Receivers = () => [.. Living().Where(n => n.Receives)] };
        _nodes = new SimulatedNode?[_plan.Nodes];
        _operators = new(_world, Organization, Living);
        _promises = new(_world, _plan, _provider, _operators);
    }

    /// <summary>Runs one seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="store">Makes an empty store that judges time by the clock it is given; in memory where null.</param>
    /// <param name="trace">Whether to keep what happens, line by line.</param>
    public static SimulationReport Run(int seed, Func<TimeProvider, IStore>? store = null, bool trace = false)
    {
        var simulation = new Simulation(seed, store ?? (clock => new InMemoryStore(clock)), trace);
        try
        {
            simulation.Run();
        }
        catch (InvalidOperationException broken)
        {
            simulation._world.Violate(broken.Message);
        }
        finally
        {
            (simulation._store as IDisposable)?.Dispose();
        }

        var world = simulation._world;
        return new(seed, simulation._plan.ToString(), world.Violations, world.Trace, world.Fingerprint, simulation._provider.HandOvers.Count, world.Now - Start);
    }

    private IReadOnlyList<SimulatedNode> Living() => [.. _nodes.OfType<SimulatedNode>().Where(n => n.Alive)];

    private void Run()
    {
        Await(MakePeopleAsync());
        for (var i = 0; i < _nodes.Length; i++)
        {
            StartNode(i);
        }

        for (var i = 0; i < _plan.Executions; i++)
        {
            _world.After(i == 0 ? TimeSpan.Zero : _world.Between(0, 10), null, () => Await(BeginAsync()));
        }

        Brew();
        _world.RunUntil(() => false, _plan.Storm);
        CalmDown();
        var end = Start + Longest;
        while (!Settled() && _world.Now < end)
        {
            _world.RunUntil(() => false, TimeSpan.FromSeconds(5));
            _operators.ResumeAll(_executions.Where(e => Await(_store.Executions.FindAsync(Organization, e.Id))!.Status == ExecutionStatus.Paused));
        }

        // What the inbox put off is looked at again.
        _world.RunUntil(() => false, TimeSpan.FromSeconds(60));
        Await(_promises.CheckAsync(_store, Organization, _executions, _people));
        foreach (var node in _nodes.OfType<SimulatedNode>().Concat(_gone))
        {
            Await(node.DisposeAsync().AsTask());
        }
    }

    private bool Settled() =>
        _executions.Count == _plan.Executions
        && _provider.Undelivered == 0
        && _operators.Busy == 0
        && _executions.All(e => Await(_store.Executions.AuditAsync(Organization, e.Id))!.Settled);

    private void Brew()
    {
        _climate.Refusals = _plan.StoreRefusals;
        _climate.LostAnswers = _plan.StoreLostAnswers;
        _climate.Slow = _plan.StoreSlow;
        var storm = _plan.Storm.TotalSeconds;
        Sometimes(_plan.Kills, () => Fell(node => node.Kill(), "dies"));
        Sometimes(_plan.Stalls, () =>
        {
            if (Living() is { Count: > 0 } nodes)
            {
                var node = nodes[_world.Chance.Next(nodes.Count)];
                var time = _world.Between(0.2, 2 * _plan.Lease.TotalSeconds);
                _world.Note($"{node.Name} freezes for {time}");
                node.Stall(time);
            }
        });
        Sometimes(_plan.Outages, () =>
        {
            _world.Note("the store is away");
            _climate.IsAway = true;
            _world.After(_world.Between(0.1, 2 * _plan.Lease.TotalSeconds), null, () =>
            {
                _climate.IsAway = false;
                _world.Note("the store is back");
            });
        });
        Sometimes(_plan.Stops, () => Fell(node => node.Stop(_world.Happens(0.5) ? _world.Between(0, 2) : null), "stops"));
        Sometimes(_plan.Commands, () => _operators.Command(_executions, _people));

        void Sometimes(int times, Action happens)
        {
            for (var i = 0; i < times; i++)
            {
                _world.After(_world.Between(0, storm), null, happens);
            }
        }
    }

    private void Fell(Action<SimulatedNode> how, string word)
    {
        var i = _world.Chance.Next(_nodes.Length);
        if (_nodes[i] is not { Alive: true } node)
        {
            return;
        }

        _world.Note($"{node.Name} {word}");
        how(node);
        _nodes[i] = null;
        _gone.Add(node);
        _world.After(_world.Between(0, 10), null, () => StartNode(i));
    }

    private void StartNode(int place)
    {
        if (_nodes[place] is not null)
        {
            return;
        }

        var offset = TimeSpan.FromSeconds(_plan.ClockOffset * ((2 * _world.Chance.NextDouble()) - 1));
        var node = new SimulatedNode(
            _world,
            $"n{++_started}",
            offset,
            self => SimulatedStore.Wrap(_store, new(_world, self, _climate)),
            _provider.SenderOf,
            new Channels(new Channel
            {
                Id = ChannelId,
                OrganizationId = Organization,
                Kind = Provider.Kind,
                ProviderId = "1",
                MessagesPerSecond = _plan.ChannelPerSecond,
            }),
            o =>
            {
                o.Node.LeaseDuration = _plan.Lease;
                o.Node.InDoubtGracePeriod = SimulationPlan.Grace;
                o.Node.InDoubtDeadline = _plan.Deadline;
                o.Node.InDoubtPolicy = _plan.Policy;
            },
            receives: place < _plan.Receivers);
        _nodes[place] = node;
        _world.Note($"{node.Name} starts, its clock off by {offset}");
    }

    private void CalmDown()
    {
        _world.Note("the storm is over");
        _climate.Refusals = _climate.LostAnswers = _climate.Slow = 0;
        _provider.Calm = true;
        for (var i = 0; i < _nodes.Length; i++)
        {
            StartNode(i);
        }

        _operators.ResumeAll(_executions);
    }

    private async Task MakePeopleAsync()
    {
        var upserts = Enumerable.Range(0, _plan.People).Select(i => new ContactUpsert { WhatsAppId = $"55119{90_000_000 + i}", Name = $"Person {i}" }).ToList();
        var made = await _store.Contacts.UpsertAsync(Organization, upserts, ContactUpdateMode.Fill, revive: false).ConfigureAwait(false);
        _people.AddRange(made.Select(m => m.Contact));
    }

    private async Task BeginAsync()
    {
        var now = _world.Now;
        var automation = _plan.OneAutomation && _executions.Count > 0 ? _executions[0].AutomationId : AutomationId.New(_world.Clock);
        var settings = Settings();
        if (!_plan.OneAutomation || _executions.Count == 0)
        {
            await _store.Automations.CreateAsync(new()
            {
                Id = automation,
                OrganizationId = Organization,
                Status = AutomationStatus.Draft,
                Settings = settings,
                CreatedAt = now,
                UpdatedAt = now,
            }).ConfigureAwait(false);
        }

        var created = await _store.Executions.CreateAsync(new()
        {
            Id = ExecutionId.New(_world.Clock),
            OrganizationId = Organization,
            AutomationId = automation,
            Status = ExecutionStatus.Queued,
            Snapshot = new() { Settings = settings, FlowVersion = 1, FlowNodes = FlowOf(_plan.Steps) },
            CreatedAt = now,
        }).ConfigureAwait(false);
        _executions.Add(created.Execution!);
        _world.Note($"execution {created.Execution!.Number} begins");
    }

    private AutomationSettings Settings() => new()
    {
        Name = "Simulated",
        FlowId = new(Guid.Empty),
        ChannelId = ChannelId,
        AudienceType = "custom",
        AudienceConfig = JsonSerializer.SerializeToElement(new { contact_ids = _people.Select(p => p.Id.Value) }),
        VariableMapping = new Dictionary<string, JsonElement> { ["name"] = JsonElement.Parse("\"{{ contact.name }}\"") },
        MaxConcurrentExecutions = _plan.Concurrency,
        RateLimitPerHour = _plan.RatePerHour,
        MaxRetries = _plan.MaxRetries,
        Window = WindowOf(_plan.WindowClosesIn),
        ExecutionTimeZone = "Etc/UTC",
        ExpiresAfter = _plan.ExpiresAfter,
        FrequencyCap = _plan.Cap,
        ErrorBudget = _plan.Budget,
    };

    private static ExecutionWindow? WindowOf(TimeSpan? closesIn) => closesIn is { } open
        ? new(TimeOnly.FromTimeSpan((Start + open + TimeSpan.FromMinutes(1)).TimeOfDay), TimeOnly.FromTimeSpan((Start + open).TimeOfDay))
        : null;

    private static IReadOnlyList<FlowNode> FlowOf(int steps) =>
    [
        new FlowNode.Start("start", "m0"),
        .. Enumerable.Range(0, steps).Select(i => new FlowNode.Message($"m{i}", $"m{i}|{{{{name}}}}", i + 1 < steps ? $"m{i + 1}" : "end")),
        new FlowNode.End("end", null),
    ];

    private static void Await(Task task) => task.GetAwaiter().GetResult();

    private static T Await<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private sealed class Channels(Channel channel) : IChannelDirectory
    {
        IReadOnlyCollection<Channel> IChannelDirectory.Channels { get; } = [channel];
    }
}
