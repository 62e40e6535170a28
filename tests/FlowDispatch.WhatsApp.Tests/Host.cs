using System.Collections.Concurrent;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Sending;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.WhatsApp.Tests;

/// <summary>A host with two numbers, as <c>AddWhatsApp</c> makes it.</summary>
internal sealed class Host : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Host(string address = "http://127.0.0.1:9", Action<WhatsAppOptions>? configure = null, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        new FlowDispatchBuilder(services).AddWhatsApp(o =>
        {
            o.BaseUrl = address;
            o.AppSecret = "flowdispatch-test-secret";
            o.VerifyToken = "our-verify-token";
            o.Numbers.Add(new() { Id = "shop", PhoneNumberId = Sample.PhoneNumberId, AccessToken = "TOKEN-OF-SHOP", DisplayName = "Shop" });
            o.Numbers.Add(new() { Id = "desk", PhoneNumberId = "111222333444556", AccessToken = "TOKEN-OF-DESK", OrganizationId = "other", MessagesPerSecond = 20 });
            configure?.Invoke(o);
        });
        more?.Invoke(services);
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public FakeTimeProvider Clock { get; } = new(Some.Noon);

    public LogLines Logs { get; } = new();

    public IMessageSender Sender => _services.GetRequiredKeyedService<IMessageSender>("whatsapp");

    public IWebhookReceiver Receiver => _services.GetServices<IWebhookReceiver>().Single(r => r.Name == "whatsapp");

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<SendResult> SendAsync(OutgoingMessage? message = null) => Sender.SendAsync(message ?? Some.Message(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Everything that was logged, as text.</summary>
    internal sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();

        public IReadOnlyCollection<(int Id, string Text)> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((eventId.Id, $"{formatter(state, exception)} {exception}"));

        public void Dispose()
        {
        }
    }
}
