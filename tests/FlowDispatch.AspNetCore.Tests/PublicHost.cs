using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.AspNetCore.Tests;

/// <summary>A host's webhooks and health on a real server, with a store that can be out of reach. Nothing here needs a caller.</summary>
public sealed class PublicHost : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly WebApplication _app;

    private PublicHost(Action<WebApplicationBuilder>? configure)
    {
        var clock = new FakeTimeProvider();
        Store = new(new InMemoryStore(clock));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IStore>(Store);
        builder.Services.AddFlowDispatch(o => o.Node.Enabled = false).AddFlowDispatchApi();
        configure?.Invoke(builder);
        _app = builder.Build();
        _app.MapFlowDispatchApi();
        _app.MapFlowDispatchWebhooks();
        _app.MapFlowDispatchHealth();
    }

    internal ServedStore Store { get; }

    public static async Task<PublicHost> StartAsync(Action<WebApplicationBuilder>? configure = null)
    {
        var host = new PublicHost(configure);
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        host._http.BaseAddress = new Uri(host._app.Urls.Single());
        return host;
    }

    public async Task<ApiAnswer> SendAsync(string method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new(response.StatusCode, text, headers);
    }

    /// <summary>What the store knows of this process as a receiver, once it is so much: the first word of it is said beside the host's start.</summary>
    public async Task<IReadOnlyList<ReceiverStretch>> StretchesAsync(int atLeast)
    {
        while (true)
        {
            var record = await Store.Receivers.ReadAsync("any", default, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
            if (record.Stretches.Count >= atLeast)
            {
                return [.. record.Stretches.OrderBy(s => s.Since)];
            }

            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
    }
}
