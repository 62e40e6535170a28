using System.Diagnostics.Metrics;
using FlowDispatch;
using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Diagnostics;
using FlowDispatch.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Nodes;
using FlowDispatch.Retention;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Templating;
using FlowDispatch.Tracking;
using FlowDispatch.Variables;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection; // where hosts find registrations without a using

/// <summary>Adds FlowDispatch to a host.</summary>
public static class FlowDispatchServiceCollectionExtensions
{
    /// <summary>Adds the model, the engine and the hosted node. A store must follow: <c>UseInMemory()</c>, <c>UseEntityFramework(…)</c>.</summary>
    /// <remarks>Calling it again is harmless and configures the same options further. The host is refused at its start where an option is out of range or no store is there.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options.</param>
    public static FlowDispatchBuilder AddFlowDispatch(this IServiceCollection services, Action<FlowDispatchOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<FlowDispatchOptions>().ValidateOnStart();
        services.AddOptions<TemplateOptions>().ValidateOnStart();
        services.AddOptions<VariableSourceOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FlowDispatchOptions>, NodeOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FlowDispatchOptions>, DispatchHealthOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FlowDispatchOptions>, RetentionOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FlowDispatchOptions>, StoreRegistered>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TemplateOptions>, TemplateOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<VariableSourceOptions>, VariableSourceOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(p => p.GetRequiredService<IOptions<FlowDispatchOptions>>().Value.Node);
        services.TryAddSingleton<ITemplateEngine>(p =>
            new LiquidTemplateEngine(p.GetRequiredService<IOptions<TemplateOptions>>().Value, p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ChannelRegistry>();
        services.TryAddSingleton<ChannelHealthReader>();
        services.TryAddSingleton<AudienceDirectory>();
        services.TryAddKeyedSingleton<IAudience>("custom", (_, _) => new CustomAudience());
        services.TryAddKeyedSingleton<IAudience>("all", (p, _) => new AllAudience(p.GetRequiredService<IStore>()));
        services.TryAddKeyedSingleton<IAudience>("uploaded", (p, _) => new UploadedAudience(p.GetRequiredService<IStore>()));

        services.TryAddSingleton<VariableSourceDirectory>();
        services.TryAddSingleton<VariableSourceCalls>();
        services.TryAddSingleton<VariableReturns>();

        services.TryAddSingleton<FlowValidator>();
        services.TryAddSingleton<FlowService>();
        services.TryAddSingleton<AutomationValidator>();
        services.TryAddSingleton<AutomationService>();
        services.TryAddSingleton<AutomationSwitch>();
        services.TryAddSingleton<ExecutionStarter>();
        services.TryAddSingleton<ExecutionRepairer>();
        services.TryAddSingleton<ExecutionService>();
        services.TryAddSingleton<ExecutionPreviewer>();
        services.TryAddSingleton<ExecutionForecaster>();

        services.TryAddSingleton<Random>(_ => new SharedRandom());
        services.TryAddSingleton<NodeName>();
        services.TryAddSingleton(p => new Meters(p.GetService<IMeterFactory>()));
        services.TryAddSingleton(_ => WorkQueue.ThreadPool);
        services.TryAddSingleton(p => new NodeSignal(p.GetRequiredService<WorkQueue>()));
        services.TryAddSingleton<IDataRetention, DataRetention>();
        services.AddTracking();
        services.AddContacts();
        services.TryAddSingleton<AudiencePlanning>();
        services.TryAddSingleton<PlanningLoop>();
        services.TryAddSingleton<RunnerPool>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DispatchNode>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NewsListener>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RetentionNode>());

        // Stopped before the node: its drain may take long, and nothing comes in any more by then.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReceiverHeartbeat>());
        return new(services);
    }

    /// <summary>Keeps everything in this process's memory: for tests and trials. It replaces a store that was chosen before.</summary>
    public static FlowDispatchBuilder UseInMemory(this FlowDispatchBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.RemoveAll<IStore>();
        builder.Services.AddSingleton<IStore, InMemoryStore>();
        return builder;
    }

    /// <summary>Adds a sender for channels of a kind; the first one added for a kind stays.</summary>
    /// <param name="builder">From <c>AddFlowDispatch</c>.</param>
    /// <param name="kind">What <see cref="Channel.Kind"/> says of its channels, like <c>sms</c>.</param>
    /// <param name="channels">Its channels; none where the host registers an <see cref="IChannelDirectory"/> of its own.</param>
    public static FlowDispatchBuilder AddSender<TSender>(this FlowDispatchBuilder builder, string kind, params IReadOnlyCollection<Channel> channels)
        where TSender : class, IMessageSender
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentNullException.ThrowIfNull(channels);
        if (channels.FirstOrDefault(c => c.Kind != kind) is { } stray)
        {
            throw new ArgumentException($"Channel {stray.Id} is of kind {stray.Kind}; AddSender(\"{kind}\", …) takes channels of kind {kind}.", nameof(channels));
        }

        builder.Services.TryAddKeyedSingleton<IMessageSender, TSender>(kind);
        if (channels.Count > 0)
        {
            builder.Services.AddSingleton<IChannelDirectory>(new ConfiguredChannels(channels));
        }

        return builder;
    }

    /// <summary>Adds an audience that automations name as their <c>audience_type</c>; the first one added under a name stays.</summary>
    /// <param name="builder">From <c>AddFlowDispatch</c>.</param>
    /// <param name="type">Its name: lower-case letters, digits and <c>_</c>, other than the built-in <c>custom</c>, <c>all</c>, <c>uploaded</c>, <c>tags</c>, <c>segment</c>.</param>
    public static FlowDispatchBuilder AddAudience<TAudience>(this FlowDispatchBuilder builder, string type)
        where TAudience : class, IAudience
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(type);
        if (type is "custom" or "all" or "uploaded" or "tags" or "segment" || !type.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            throw new ArgumentException($"\"{type}\" can't name an audience; use lower-case letters, digits and _, other than custom, all, uploaded, tags and segment.", nameof(type));
        }

        builder.Services.TryAddKeyedSingleton<IAudience, TAudience>(type);
        return builder;
    }

    private sealed class ConfiguredChannels(IReadOnlyCollection<Channel> channels) : IChannelDirectory
    {
        public IReadOnlyCollection<Channel> Channels { get; } = channels;
    }

    private sealed class StoreRegistered(IServiceProviderIsService services) : IValidateOptions<FlowDispatchOptions>
    {
        public ValidateOptionsResult Validate(string? name, FlowDispatchOptions options) => services.IsService(typeof(IStore))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("No store is registered. Call UseEntityFramework(…), UseInMemory() or another Use… method on AddFlowDispatch().");
    }
}
