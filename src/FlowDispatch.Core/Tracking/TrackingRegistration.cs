using FlowDispatch.Channels;
using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowDispatch.Tracking;

/// <summary>Adds what receives and settles receipts and replies.</summary>
internal static class TrackingRegistration
{
    public static IServiceCollection AddTracking(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<TrackingOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TrackingOptions>, TrackingOptionsValidator>());
        services.TryAddSingleton(s => new ReceiptReceiver(s.GetRequiredService<WorkQueue>()));
        services.TryAddSingleton(s => new Inbox(
            new(s.GetRequiredService<IStore>().Inbox, s.GetRequiredService<WorkQueue>(), s.GetRequiredService<TimeProvider>()),
            s.GetRequiredService<ReceiptReceiver>(),
            s.GetRequiredService<NodeSignal>(),
            s.GetRequiredService<Meters>()));
        services.TryAddSingleton(s =>
        {
            var store = s.GetRequiredService<IStore>();
            var runs = new RunDirectory(store.Executions);
            var logger = s.GetRequiredService<ILogger<InboxProcessor>>();
            var matcher = new InboxMatcher(store, runs, s.GetServices<IChannelDirectory>(), logger);
            return new InboxProcessor(
                store, matcher, runs, s.GetRequiredService<IOptions<TrackingOptions>>().Value, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<Random>(), s.GetRequiredService<Meters>(), logger);
        });
        services.TryAddSingleton<InboxTurn>();
        return services;
    }
}
