using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Sample.Simulator.Tests;

/// <summary>A receiver of webhooks on a loopback port that keeps the raw bytes and answers as told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly Channel<ReceivedWebhook> _received = Channel.CreateUnbounded<ReceivedWebhook>();
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    public Uri Url => new(new Uri(_app.Urls.Single()), "/webhooks/whatsapp");

    /// <summary>What the next webhook is answered; asked when it has been read.</summary>
    public Func<Task<int>> Answer { get; set; } = () => Task.FromResult(200);

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/webhooks/whatsapp", receiver.ReceiveAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async Task<ReceivedWebhook> NextAsync() =>
        await _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Guard, TestContext.Current.CancellationToken);

    public bool HasNothing => _received.Reader.Count == 0;

    /// <summary>The next statuses, over as many webhooks as they take.</summary>
    public async Task<List<JsonElement>> StatusesAsync(int count)
    {
        var statuses = new List<JsonElement>();
        while (statuses.Count < count)
        {
            statuses.AddRange((await NextAsync()).Statuses);
        }

        Assert.Equal(count, statuses.Count);
        return statuses;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var webhook = new ReceivedWebhook(body.ToArray(), context.Request.Headers["X-Hub-Signature-256"].ToString(), context.Request.ContentType);
        context.Response.StatusCode = await Answer();
        await _received.Writer.WriteAsync(webhook);
    }
}
