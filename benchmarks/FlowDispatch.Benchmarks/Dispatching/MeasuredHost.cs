using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>One host with one node that takes one execution from its audience to its last result.</summary>
internal sealed class MeasuredHost : IDisposable
{
    private const int Chunk = 1_000;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly MeasuredFlow _flow;
    private readonly int _slots;
    private readonly IHost _host;
    private Execution? _execution;

    /// <param name="store">Where it keeps everything.</param>
    /// <param name="flow">What is sent.</param>
    /// <param name="concurrency">How many messages this process sends at once.</param>
    /// <param name="latency">How long the sender takes for each.</param>
    /// <param name="meter">Reads it.</param>
    /// <param name="processes">How many share the run.</param>
    public MeasuredHost(BenchmarkStore store, MeasuredFlow flow, int concurrency, TimeSpan latency, StoreMeter meter, int processes = 1)
    {
        Meter = meter;
        _flow = flow;
        _slots = concurrency * processes;
        _host = Build(store, flow, concurrency, latency, Meter);
        Store = _host.Services.GetRequiredKeyedService<IStore>(Meter);
    }

    public StoreMeter Meter { get; }

    /// <summary>The store itself: what is asked here is not counted.</summary>
    public IStore Store { get; }

    /// <summary>Where receipts and replies are handed in.</summary>
    public Inbox Inbox => _host.Services.GetRequiredService<Inbox>();

    private Execution Execution => _execution ?? throw new InvalidOperationException("DispatchAsync comes first.");

    /// <summary>Says, as a host must, that receipts and replies will be handed in. Before the dispatch.</summary>
    public void Announce() => _host.Services.GetRequiredService<ReceiptReceiver>().Announce();

    /// <summary>Fills the store with people, plans an execution over them, and then dispatches it until it is closed.</summary>
    public Task DispatchAsync(int recipients) => DispatchAsync(recipients, new([]));

    /// <summary>The same, beside other processes.</summary>
    public async Task DispatchAsync(int recipients, Helpers helpers)
    {
        await Store.MigrateAsync();
        await FillAsync(recipients);
        await helpers.JoinAsync();
        await _host.StartAsync();
        _execution = await BeginAsync();

        await Meter.Planned;
        helpers.Go();
        Meter.LetLease();

        // Whoever closes it may be another process.
        while (await Task.WhenAny(Meter.Closed, Task.Delay(Glance, TimeProvider.System)) != Meter.Closed
            && (await Store.Executions.FindAsync(SamplePeople.Organization, Execution.Id))?.Status != ExecutionStatus.Completed)
        {
        }
    }

    /// <summary>Starts the node of a process that joins another's run, and gets no lease before <see cref="StoreMeter.LetLease"/>.</summary>
    public Task JoinAsync() => _host.StartAsync();

    public async Task<ExecutionCounters> CountersAsync() =>
        (await Store.Executions.FindAsync(SamplePeople.Organization, Execution.Id))?.Counters ?? default;

    public Task<ExecutionAudit?> AuditAsync() => Store.Executions.AuditAsync(SamplePeople.Organization, Execution.Id);

    public IAsyncEnumerable<Recipients.Recipient> RowsAsync() =>
        Store.Recipients.StreamAsync(SamplePeople.Organization, Execution.Id, RecipientFilter.All);

    public Task StopAsync() => _host.StopAsync();

    public void Dispose() => _host.Dispose();

    private static IHost Build(BenchmarkStore store, MeasuredFlow flow, int concurrency, TimeSpan latency, StoreMeter meter)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        var services = builder.Services;
        services.AddSingleton(new SenderLatency(latency));
        store.Register(services
            .AddFlowDispatch(o => o.Node.MaxConcurrency = concurrency)
            .AddSender<WaitingSender>(flow.Channel.Kind, flow.Channel));

        // The store that was registered, kept under the meter's key, with the measured one in front of it.
        var registered = services.Single(d => d.ServiceType == typeof(IStore));
        services.Remove(registered);
        services.AddKeyedSingleton(meter, (provider, _) => (IStore)(
            registered.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!)));
        services.AddSingleton<IStore>(provider => new MeasuredStore(provider.GetRequiredKeyedService<IStore>(meter), meter));
        return builder.Build();
    }

    private async Task FillAsync(int recipients)
    {
        for (var first = 0; first < recipients; first += Chunk)
        {
            var people = Enumerable.Range(first, Math.Min(Chunk, recipients - first)).Select(SamplePeople.Upsert).ToList();
            await Store.Contacts.UpsertAsync(SamplePeople.Organization, people, ContactUpdateMode.Fill, revive: false);
        }
    }

    private async Task<Execution> BeginAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var automation = new Automation
        {
            Id = AutomationId.New(TimeProvider.System),
            OrganizationId = SamplePeople.Organization,
            Status = AutomationStatus.Draft,
            CreatedAt = now,
            UpdatedAt = now,
            Settings = new()
            {
                Name = "Benchmark",
                FlowId = new(Guid.Empty),
                ChannelId = _flow.Channel.Id,
                AudienceType = "all",
                VariableMapping = SamplePeople.Mapping(SamplePeople.Templates.Keys),
                MaxConcurrentExecutions = _slots,
                RateLimitPerHour = null,
                WindowPolicy = _flow.WindowPolicy,
            },
        };
        await Store.Automations.CreateAsync(automation);
        var created = await Store.Executions.CreateAsync(new()
        {
            Id = ExecutionId.New(TimeProvider.System),
            OrganizationId = SamplePeople.Organization,
            AutomationId = automation.Id,
            Snapshot = new() { Settings = automation.Settings, FlowVersion = 1, FlowNodes = _flow.Nodes },
            Status = ExecutionStatus.Queued,
            CreatedAt = now,
        });
        return created.Execution!;
    }
}
