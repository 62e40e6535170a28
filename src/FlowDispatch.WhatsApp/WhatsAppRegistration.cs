using FlowDispatch.Channels;
using FlowDispatch.Sending;
using FlowDispatch.Tracking;
using FlowDispatch.WhatsApp.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowDispatch.WhatsApp;

/// <summary>What <c>AddWhatsApp</c> puts into a host. Calling it twice is harmless: both calls configure the same options.</summary>
internal static class WhatsAppRegistration
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public static void Add(IServiceCollection services, Action<WhatsAppOptions> configure)
    {
        services.AddOptions<WhatsAppOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WhatsAppOptions>, WhatsAppOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.TryAddKeyedSingleton<IMessageSender, WhatsAppMessageSender>(WhatsAppChannelDirectory.Kind);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChannelDirectory, WhatsAppChannelDirectory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWebhookReceiver, WhatsAppWebhookReceiver>());
        AddClient(services);
    }

    private static void AddClient(IServiceCollection services) => services
        .AddHttpClient(WhatsAppMessageSender.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan) // the pipeline keeps the time
        .UseSocketsHttpHandler((handler, _) =>
        {
            handler.AllowAutoRedirect = false; // a redirect would carry token and message to another place
            handler.UseCookies = false;
            handler.ConnectTimeout = ConnectTimeout;
            // A connection that the server closes while we write leaves somebody in doubt: leave none idle for long.
            handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5); // new addresses in DNS are found
        })
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        // Hosts like to give every client a handler that retries (ConfigureHttpClientDefaults); below the engine none may.
        .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear())
        .RemoveAllLoggers(); // four lines a message, and a message may be one of a million; 4001 and the traces tell enough
}
