using System.Diagnostics;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>One host with one node that takes one execution from its audience to its last result.</summary>
internal static class DispatchRun
{
    private const string Kind = "benchmark";
    private const int Chunk = 1_000;

    private static readonly Channel Channel = new() { Id = "channel", OrganizationId = SamplePeople.Organization, Kind = Kind, ProviderId = "1" };

    private static readonly FlowNode[] Flow =
    [
        new FlowNode.Start("start", "hello"),
        new FlowNode.Message("hello", "Hello {{filters}}, you have {{b}} points. As a {{if}} member you get {{c}} off, {{a}}!", "end"),
        new FlowNode.End("end", null),
    ];

    public static async Task<DispatchResult> MeasureAsync(BenchmarkStore store, int recipients, int concurrency, TimeSpan latency)
    {
        var meter = new StoreMeter();
        try
        {
            using var host = Build(store, concurrency, latency, meter);
            var inner = host.Services.GetRequiredKeyedService<IStore>(meter);
            await inner.MigrateAsync();
            await FillAsync(inner, recipients);
            await host.StartAsync();
            var execution = await StartAsync(inner, concurrency);

            await meter.Planned;
            meter.LetLease();
            await meter.Closed;

            await CheckAsync(inner, execution, recipients);
            await host.StopAsync();
            return Result(store, recipients, meter);
        }
        finally
        {
            store.CleanUp();
        }
    }

    private static IHost Build(BenchmarkStore store, int concurrency, TimeSpan latency, StoreMeter meter)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        var services = builder.Services;
        services.AddSingleton(new SenderLatency(latency));
        store.Register(services
            .AddFlowDispatch(o => o.Node.MaxConcurrency = Math.Max(o.Node.MaxConcurrency, concurrency))
            .AddSender<WaitingSender>(Kind, Channel));

        // The store that was registered, kept under the meter's key, with the measured one in front of it.
        var registered = services.Single(d => d.ServiceType == typeof(IStore));
        services.Remove(registered);
        services.AddKeyedSingleton(meter, (provider, _) => (IStore)(
            registered.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!)));
        services.AddSingleton<IStore>(provider => new MeasuredStore(provider.GetRequiredKeyedService<IStore>(meter), meter));
        return builder.Build();
    }

    private static async Task FillAsync(IStore store, int recipients)
    {
        for (var first = 0; first < recipients; first += Chunk)
        {
            var people = Enumerable.Range(first, Math.Min(Chunk, recipients - first)).Select(SamplePeople.Upsert).ToList();
            await store.Contacts.UpsertAsync(SamplePeople.Organization, people, ContactUpdateMode.Fill, revive: false);
        }
    }

    private static async Task<Execution> StartAsync(IStore store, int concurrency)
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
                ChannelId = Channel.Id,
                AudienceType = "all",
                VariableMapping = SamplePeople.Mapping(SamplePeople.Templates.Keys),
                MaxConcurrentExecutions = concurrency,
                RateLimitPerHour = null,
            },
        };
        await store.Automations.CreateAsync(automation);
        var created = await store.Executions.CreateAsync(new()
        {
            Id = ExecutionId.New(TimeProvider.System),
            OrganizationId = SamplePeople.Organization,
            AutomationId = automation.Id,
            Snapshot = new() { Settings = automation.Settings, FlowVersion = 1, FlowNodes = Flow },
            Status = ExecutionStatus.Queued,
            CreatedAt = now,
        });
        return created.Execution!;
    }

    private static async Task CheckAsync(IStore store, Execution execution, int recipients)
    {
        var audit = await store.Executions.AuditAsync(SamplePeople.Organization, execution.Id);
        if (audit is null || !audit.Consistent || audit.Rows.Sent != recipients || audit.Rows.Completed != recipients)
        {
            throw new InvalidMeasureException($"{recipients} recipients were to be sent to, but the store says {audit?.Rows}.");
        }
    }

    private static DispatchResult Result(BenchmarkStore store, int recipients, StoreMeter meter)
    {
        var (time, cpu, calls) = meter.Dispatching;
        using var process = Process.GetCurrentProcess();
        return new(
            store.Name,
            recipients,
            Math.Round(recipients / meter.Planning.TotalSeconds),
            Math.Round(recipients / time.TotalSeconds),
            Math.Round(cpu.TotalSeconds, 3),
            Math.Round(process.PeakWorkingSet64 / 1_048_576.0, 1),
            Math.Round(1_000.0 * calls / recipients, 1));
    }
}
