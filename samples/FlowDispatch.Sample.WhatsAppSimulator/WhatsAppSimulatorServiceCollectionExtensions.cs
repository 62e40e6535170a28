using FlowDispatch.Sample.Simulator;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the simulator.</summary>
public static class WhatsAppSimulatorServiceCollectionExtensions
{
    /// <summary>Adds the simulator and the background loop that delivers its webhooks. Calling it again only configures more.</summary>
    /// <remarks>Waits by the registered <see cref="TimeProvider"/>, or the system's. The journal is opened when the host starts.</remarks>
    public static IServiceCollection AddWhatsAppSimulator(this IServiceCollection services, Action<WhatsAppSimulatorOptions>? configure = null)
    {
        var options = services.AddOptions<WhatsAppSimulatorOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WhatsAppSimulatorOptions>, WhatsAppSimulatorOptionsValidator>());
        services.Configure<RouteOptions>(routes => routes.SetParameterPolicy<RegexInlineRouteConstraint>("regex")); // slim builders leave it out
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new Ledger(Settings(provider), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new Dice(() => NewRandom(Settings(provider).Seed), Settings(provider).Behavior));
        services.TryAddSingleton(provider => new WhatsAppSimulator(
            provider.GetRequiredService<Ledger>(), provider.GetRequiredService<Dice>(), Settings(provider).CallbackUrl));
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<MessageEndpoint>(provider, Settings(provider)));
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<ControlEndpoints>(provider));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<Hosting.IHostedService, ReceiptSender>(
            provider => ActivatorUtilities.CreateInstance<ReceiptSender>(provider, Settings(provider))));
        return services;
    }

    private static WhatsAppSimulatorOptions Settings(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<WhatsAppSimulatorOptions>>().Value;

    private static Random NewRandom(int? seed) => seed is { } value ? new Random(value) : new Random();
}
