using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Sample.Simulator.Tests;

/// <summary>A simulator on a loopback port, with a clock that the test moves, and a client that holds a token.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    public const string Secret = "flowdispatch-test-secret";
    public const string Messages = "/v25.0/111222333444555/messages";

    private readonly WebApplication _app;

    private RunningSimulator(WebApplication app, FakeTimeProvider clock)
    {
        _app = app;
        Clock = clock;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-token");
    }

    public FakeTimeProvider Clock { get; }

    public HttpClient Client { get; }

    public WhatsAppSimulator Simulator => _app.Services.GetRequiredService<WhatsAppSimulator>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts one that calls the receiver, reads every message at once and does nothing else unasked.</summary>
    public static async Task<RunningSimulator> StartAsync(
        string journal, Uri? callback = null, Action<WhatsAppSimulatorOptions>? configure = null, FakeTimeProvider? clock = null, string prefix = "")
    {
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddWhatsAppSimulator(options =>
        {
            options.JournalPath = journal;
            options.AppSecret = Secret;
            options.CallbackUrl = callback;
            options.Seed = 7;
            options.Behavior = new SimulatorBehavior { Read = 1 };
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapWhatsAppSimulator(prefix);
        await app.StartAsync(Cancellation);
        return new RunningSimulator(app, clock);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), Cancellation);

    public async Task<string> SendAsync(string to = "+15550100123", string? callbackData = null)
    {
        var json = JsonSerializer.Serialize(new
        {
            messaging_product = "whatsapp",
            to,
            type = "text",
            text = new { body = "Hello" },
            biz_opaque_callback_data = callbackData ?? to,
        });
        using var response = await PostAsync(Messages, json);
        response.EnsureSuccessStatusCode();
        return (await JsonAsync(response)).GetProperty("messages")[0].GetProperty("id").GetString()!;
    }

    public async Task<(int Status, int Code)> TryAsync(string json)
    {
        using var response = await PostAsync(Messages, json);
        var answer = await JsonAsync(response);
        return ((int)response.StatusCode, answer.TryGetProperty("error", out var error) ? error.GetProperty("code").GetInt32() : 0);
    }

    public async Task BehaveAsync(string json)
    {
        using var response = await Client.PutAsync("/_simulator/behavior", new StringContent(json), Cancellation);
        response.EnsureSuccessStatusCode();
    }

    public Task<JsonElement> GetAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path, Cancellation);

    public async Task<long> StatAsync(string name) => (await GetAsync("/_simulator/stats")).GetProperty(name).GetInt64();

    /// <summary>Asks until a count is reached, for half a minute at most.</summary>
    public async Task ReachesAsync(string stat, long value)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await StatAsync(stat) < value)
        {
            guard.Token.ThrowIfCancellationRequested();
        }
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
