using FlowDispatch.Channels;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Sending;
using FlowDispatch.Tracking;
using FlowDispatch.WhatsApp;
using FlowDispatch.WhatsApp.Webhooks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection; // where hosts find registrations without a using

/// <summary>Adds the WhatsApp Business Cloud API to FlowDispatch.</summary>
public static class WhatsAppFlowDispatchExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Sends from the configured numbers (channels of the kind <c>whatsapp</c>), and reads the provider's webhooks under the
    /// name <c>whatsapp</c>. A second call configures the same options further: its numbers join those of the first.
    /// </summary>
    /// <remarks>
    /// The HTTP client <c>FlowDispatch.WhatsApp</c> takes none of the handlers that the host gives to all its clients: one that
    /// retries would send a message twice. What the host adds to this client by name stays; should that retry, the second
    /// try is refused and the message is in doubt.
    /// </remarks>
    /// <param name="builder">From <c>AddFlowDispatch</c>.</param>
    /// <param name="configure">Sets the options, like <c>o =&gt; configuration.Bind("WhatsApp", o)</c>. Checked when the host starts.</param>
    /// <returns>The same builder.</returns>
    public static FlowDispatchBuilder AddWhatsApp(this FlowDispatchBuilder builder, Action<WhatsAppOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<WhatsAppOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WhatsAppOptions>, WhatsAppOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.TryAddKeyedSingleton<IMessageSender, WhatsAppMessageSender>(WhatsAppChannelDirectory.Kind);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChannelDirectory, WhatsAppChannelDirectory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWebhookReceiver, WhatsAppWebhookReceiver>());
        AddClient(services);
        return builder;
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
