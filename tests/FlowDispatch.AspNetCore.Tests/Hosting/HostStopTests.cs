using System.Collections.Concurrent;
using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Testing.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.AspNetCore.Tests.Hosting;

/// <summary>A host that is asked to stop: its web server waits for its last caller, and meanwhile nobody is sent to.</summary>
public sealed class HostStopTests
{
    [Fact]
    public async Task Nobody_is_handed_over_once_the_host_stops_though_a_caller_keeps_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var handedOver = new ConcurrentQueue<DateTimeOffset>();
        var sender = new RecordingSender
        {
            Answer = async (message, _) =>
            {
                handedOver.Enqueue(TimeProvider.System.GetUtcNow());
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
                return RecordingSender.Accept(message);
            },
        };
        await using var app = Build(sender);
        var held = new TaskCompletionSource();
        var called = new TaskCompletionSource();
        app.MapGet("/held", async () =>
        {
            called.SetResult();
            await held.Task;
        });
        await app.StartAsync(cancellation);
        var store = app.Services.GetRequiredService<IStore>();
        var execution = await BeginAsync(store, people: 300);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        var call = client.GetAsync(new Uri("/held", UriKind.Relative), cancellation);
        await called.Task;
        while (handedOver.Count < 20)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellation);
        }

        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        var stopping = TimeProvider.System.GetUtcNow();
        using (lifetime.ApplicationStopping.Register(() => stopping = TimeProvider.System.GetUtcNow()))
        {
            var stop = app.StopAsync(cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(1_500), TimeProvider.System, cancellation);
            Assert.False(stop.IsCompleted);
            held.SetResult();
            await Task.WhenAll(stop, call);
        }

        Assert.All(handedOver, at => Assert.True(at < stopping.AddMilliseconds(250), $"Handed over {at - stopping} after the host was asked to stop."));
        var rows = new List<Recipient>();
        await foreach (var row in store.Recipients.StreamAsync("acme", execution.Id, RecipientFilter.All, cancellationToken: cancellation))
        {
            rows.Add(row);
        }

        Assert.Equal(handedOver.Count, rows.Count(r => r.Status == RecipientStatus.Sent));
        Assert.All(rows.Where(r => r.Status != RecipientStatus.Sent), r => Assert.Equal((RecipientStatus.Pending, 0), (r.Status, r.Attempts)));
        Assert.All(rows, r => Assert.True(r.WaitingReason is null or ReasonCodes.Queued, $"{r.Id} waits for {r.WaitingReason}."));
    }

    private static WebApplication Build(RecordingSender sender)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddKeyedSingleton<IMessageSender>("free", sender);
        builder.Services.AddFlowDispatch().UseInMemory()
            .AddSender<RecordingSender>("free", new Channel { Id = "line-1", OrganizationId = "acme", Kind = "free", ProviderId = "1" });
        return builder.Build();
    }

    private static async Task<Execution> BeginAsync(IStore store, int people)
    {
        var now = TimeProvider.System.GetUtcNow();
        await store.Contacts.UpsertAsync(
            "acme", [.. Enumerable.Range(0, people).Select(i => new ContactUpsert { WhatsAppId = $"55119{90_000_000 + i}" })], ContactUpdateMode.Fill, revive: false, TestContext.Current.CancellationToken);
        var automation = new Automation
        {
            Id = AutomationId.New(TimeProvider.System),
            OrganizationId = "acme",
            Status = AutomationStatus.Active,
            Settings = new() { Name = "Stop", FlowId = new(Guid.Empty), ChannelId = "line-1", AudienceType = "all", AudienceConfig = JsonElement.Parse("{}"), RateLimitPerHour = null, MaxConcurrentExecutions = 5 },
            CreatedAt = now,
            UpdatedAt = now,
        };
        await store.Automations.CreateAsync(automation, cancellationToken: TestContext.Current.CancellationToken);
        return (await store.Executions.CreateAsync(
            new()
            {
                Id = ExecutionId.New(TimeProvider.System),
                OrganizationId = "acme",
                AutomationId = automation.Id,
                Snapshot = new()
                {
                    Settings = automation.Settings,
                    FlowVersion = 1,
                    FlowNodes = [new FlowNode.Start("start", "a"), new FlowNode.Message("a", "Hi", "end"), new FlowNode.End("end", null)],
                },
                Status = ExecutionStatus.Queued,
                CreatedAt = now,
            },
            cancellationToken: TestContext.Current.CancellationToken)).Execution!;
    }
}
