using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Testing.Simulations;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Diagnostics;

[Collection(ListeningAlone.Name)]
public sealed class MeterTests
{
    [Fact]
    public async Task A_run_is_counted_from_planning_to_its_end()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(120);
        var node = await host.StartAsync();
        using var recorder = new MeterRecorder(node.Services.GetRequiredService<Meters>().Meter);

        var execution = await host.BeginAsync(EngineHost.Settings(), EngineHost.Says("one", "two"));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(120, recorder.Sums("flowdispatch.recipients.planned", "flowdispatch.outcome")["pending"]);
        Assert.Equal(120, recorder.Sums("flowdispatch.recipients.sent")[""]);
        Assert.Equal([new("sent", 120)], recorder.Sums("flowdispatch.recipients.ended", "flowdispatch.outcome"));
        Assert.Equal([new($"{Provider.Kind} accepted", 240)], recorder.Sums("flowdispatch.attempts", "flowdispatch.channel.kind", "flowdispatch.outcome"));
        Assert.Equal(240, recorder.Values("flowdispatch.send.duration").Count);
        Assert.Equal(0, recorder.Values("flowdispatch.sends.active").Sum());
        Assert.NotEmpty(recorder.Values("flowdispatch.commit.duration"));
        Assert.Equal(480, recorder.Values("flowdispatch.commit.size").Sum());
    }

    [Fact]
    public async Task Each_answer_of_a_sender_has_its_word_and_a_refusal_its_code()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(5);
        host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(people.Select(p => p.WhatsAppId).ToList().IndexOf(message.To) switch
        {
            0 => new SendResult.Rejected("131026", "Not there"),
            1 when message.AttemptId.Number == 1 => new SendResult.Failed("131000", "Busy"),
            2 => new SendResult.InDoubt("No answer came."),
            3 => throw new InvalidOperationException("Broken."),
            _ => RecordingSender.Accept(message),
        });
        var node = await host.StartAsync(o => o.Node.InDoubtDeadline = TimeSpan.FromMinutes(3));
        using var recorder = new MeterRecorder(node.Services.GetRequiredService<Meters>().Meter);

        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(
            [new("accepted -", 2), new("failed 131000", 1), new("in_doubt -", 2), new("rejected 131026", 1)],
            recorder.Sums("flowdispatch.attempts", "flowdispatch.outcome", "error.type").OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Equal(
            [new("failed provider_error", 1), new("in_doubt -", 2), new("sent -", 2)],
            recorder.Sums("flowdispatch.recipients.ended", "flowdispatch.outcome", "flowdispatch.reason").OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Equal(0, recorder.Values("flowdispatch.sends.active").Sum());
    }

    [Fact]
    public async Task Whoever_is_skipped_is_counted_with_the_reason()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(3);
        await host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[0].Id, c => c with { Blocked = true }, EngineHost.Cancellation);
        var gate = host.Hold(0);
        var node = await host.StartAsync();
        using var recorder = new MeterRecorder(node.Services.GetRequiredService<Meters>().Meter);

        var execution = await host.BeginAsync(EngineHost.SettingsFor(people, s => s with { MaxConcurrentExecutions = 1 }));
        await host.UntilAsync(() => host.Sender.Messages.Count == 1);
        var second = people.Single(p => p.Id != people[0].Id && p.WhatsAppId != host.Sender.Messages[0].To);
        await host.Store.Contacts.UpdateAsync(EngineHost.Organization, second.Id, c => c with { OptedIn = false, OptChangedAt = host.Clock.GetUtcNow() }, EngineHost.Cancellation);
        await host.PassAsync(TimeSpan.FromSeconds(1));
        gate.Release(3);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(1, recorder.Sums("flowdispatch.recipients.planned", "flowdispatch.outcome", "flowdispatch.reason")["skipped blocked"]);
        Assert.Equal(1, recorder.Sums("flowdispatch.recipients.ended", "flowdispatch.outcome", "flowdispatch.reason")["skipped opted_out"]);
        Assert.Equal(1, recorder.Sums("flowdispatch.attempts", "flowdispatch.outcome", "flowdispatch.reason")["not_sent opted_out"]);
    }

    [Fact]
    public async Task What_a_receipt_settles_is_counted_as_it_arrives()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(2);
        host.Sender.Answer = (_, _) => Task.FromResult<SendResult>(new SendResult.InDoubt("No answer came."));
        var node = await host.StartAsync();
        using var recorder = new MeterRecorder(node.Services.GetRequiredService<Meters>().Meter);
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.InDoubt == 2);

        foreach (var message in host.Sender.Messages)
        {
            await host.ReceiveAsync(node, new InboundEvent.Receipt
            {
                ChannelId = "channel-1",
                At = host.Clock.GetUtcNow(),
                ProviderMessageId = $"late-{message.AttemptId}",
                AttemptId = message.AttemptId.ToString(),
                Status = ReceiptStatus.Delivered,
            });
        }

        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal([new("receipt", 2)], recorder.Sums("flowdispatch.inbox.events", "flowdispatch.event.kind"));
        Assert.Equal([new("settled", 2)], recorder.Sums("flowdispatch.inbox.settled", "flowdispatch.outcome"));
        Assert.Equal(2, recorder.Sums("flowdispatch.recipients.sent")[""]);
        Assert.Equal([new("delivered", 2)], recorder.Sums("flowdispatch.recipients.ended", "flowdispatch.outcome"));
    }

    [Fact]
    public async Task A_node_shows_what_it_holds_and_knows()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(10);
        host.Hold(0);
        var node = await host.StartAsync();
        using var recorder = new MeterRecorder(node.Services.GetRequiredService<Meters>().Meter);
        var running = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 4 }));
        var paused = await host.BeginAsync(EngineHost.Settings());
        await host.ChangeAsync(paused, ExecutionStatus.Paused);
        await host.UntilAsync(() => host.Sender.Messages.Count == 4);
        await host.PassAsync(TimeSpan.FromSeconds(1));

        recorder.Observe();

        Assert.Equal(
            [new("paused", 1), new("queued", 0), new("running", 1)],
            recorder.Sums("flowdispatch.executions.open", "flowdispatch.execution.status").OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Equal([1], recorder.Values("flowdispatch.leases.held"));
        Assert.Equal(4, recorder.Values("flowdispatch.sends.active").Sum());
        Assert.InRange(Assert.Single(recorder.Values("flowdispatch.lease.age")), 0.1, 3600);
        Assert.InRange(Assert.Single(recorder.Values("flowdispatch.control.age")), 0, 1);
        Assert.Equal([0], recorder.Values("flowdispatch.due.lag"));
        Assert.Equal(ExecutionStatus.Running, (await host.ReadAsync(running)).Status);
    }

    [Fact]
    public async Task No_tag_tells_of_an_execution_or_a_person()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(20);
        var node = await host.StartAsync();
        using var recorder = new MeterRecorder(node.Services.GetRequiredService<Meters>().Meter);

        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        recorder.Observe();

        string[] words = [Provider.Kind, "accepted", "written", "pending", "sent", "queued", "running", "paused"];
        Assert.All(recorder.TagValues, value => Assert.Contains(Assert.IsType<string>(value), words));
        Assert.Equal(20, people.Count);
    }

    [Fact]
    public async Task Where_nobody_listens_the_senders_own_task_is_handed_on()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(1);
        var node = await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        var answer = Task.FromResult<SendResult>(new SendResult.Accepted("1"));
        var sender = new FixedSender(answer);
        var job = new FlowDispatch.Dispatching.RunnerJob(execution, null!, host.Sender.Messages[0].Channel, sender);

        var handedOn = node.Services.GetRequiredService<Meters>().Sends.SendAsync(job, host.Sender.Messages[0], default, host.Clock, EngineHost.Cancellation);

        Assert.Same(answer, handedOn);
    }

    private sealed class FixedSender(Task<SendResult> answer) : IMessageSender
    {
        public SenderCapabilities Capabilities => SenderCapabilities.None;

        public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default) => answer;
    }
}
