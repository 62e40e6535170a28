using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Tracking;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>The window policy's opening, and people who write back before its answer is stored.</summary>
public sealed class OpeningTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_answers_the_opening_of_a_node_that_died_gets_the_message(bool replyFirst)
    {
        await using var host = new EngineHost(window: true);
        var people = await host.PeopleAsync(1);
        var dies = await host.StartAsync();
        host.Hold(0);
        var execution = await host.BeginAsync(Opening());
        await host.UntilAsync(() => host.HandedOver.Count == 1);
        var row = (await host.RecipientsAsync(execution))[0];
        dies.Kill();
        var node = await host.StartAsync();
        host.Sender.Answer = (message, _) => Task.FromResult(RecordingSender.Accept(message));
        var receipt = Receipt(host, row, ReceiptStatus.Sent);
        await host.PassAsync(TimeSpan.FromSeconds(5));
        var reply = Reply(host, people[0].WhatsAppId);

        await host.ReceiveAsync(node, replyFirst ? [reply, receipt] : [receipt, reply]);
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(10));

        Assert.Equal([typeof(MessageContent.Template), typeof(MessageContent.Text)], host.HandedOver.Select(h => h.Message.Content.GetType()));
        await host.AssertConsistentAsync(execution);
    }

    // Whoever wrote before anything was sent needs no opening, and has no second message coming when they write again.
    [Fact]
    public async Task Who_was_in_conversation_when_the_node_died_gets_the_message_once_though_they_write_again()
    {
        await using var host = new EngineHost(window: true);
        var people = await host.PeopleAsync(1);
        var dies = await host.StartAsync();
        await host.ReceiveAsync(dies, Reply(host, people[0].WhatsAppId, "in-0"));
        await host.PassAsync(TimeSpan.FromMinutes(5));
        host.Hold(0);
        var execution = await host.BeginAsync(Opening());
        await host.UntilAsync(() => host.HandedOver.Count == 1);
        var row = (await host.RecipientsAsync(execution))[0];
        dies.Kill();
        var node = await host.StartAsync();
        host.Sender.Answer = (message, _) => Task.FromResult(RecordingSender.Accept(message));
        var receipt = Receipt(host, row, ReceiptStatus.Sent);
        await host.PassAsync(TimeSpan.FromSeconds(5));

        await host.ReceiveAsync(node, receipt, Reply(host, people[0].WhatsAppId));
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(10));

        Assert.IsType<MessageContent.Text>(Assert.Single(host.HandedOver).Message.Content);
    }

    [Fact]
    public async Task Who_answers_the_opening_before_its_own_answer_is_stored_gets_the_message()
    {
        await using var host = new EngineHost(window: true);
        var people = await host.PeopleAsync(1);
        var node = await host.StartAsync();
        host.Slow(TimeSpan.FromSeconds(10));
        var execution = await host.BeginAsync(Opening());
        await host.UntilAsync(() => host.HandedOver.Count == 1);
        var row = (await host.RecipientsAsync(execution))[0];
        await host.PassAsync(TimeSpan.FromSeconds(1));

        await host.ReceiveAsync(node, Receipt(host, row, ReceiptStatus.Delivered));
        await host.PassAsync(TimeSpan.FromSeconds(1));
        await host.ReceiveAsync(node, Reply(host, people[0].WhatsAppId));
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(10));

        Assert.Equal([typeof(MessageContent.Template), typeof(MessageContent.Text)], host.HandedOver.Select(h => h.Message.Content.GetType()));
    }

    // With somebody else's message in a slow sender's hands.
    [Fact]
    public async Task Who_answers_the_opening_does_not_wait_for_a_slow_sender()
    {
        await using var host = new EngineHost(window: true);
        var people = await host.PeopleAsync(2);
        var node = await host.StartAsync();
        host.Sender.Answer = async (message, _) =>
        {
            if (message.To == people[0].WhatsAppId)
            {
                await host.World.PauseAsync(null, TimeSpan.FromMinutes(5));
            }

            return RecordingSender.Accept(message);
        };
        await host.BeginAsync(Opening());
        await host.UntilAsync(() => host.HandedOver.Count == 2);
        await host.PassAsync(TimeSpan.FromSeconds(5));

        await host.ReceiveAsync(node, Reply(host, people[1].WhatsAppId));

        await host.UntilAsync(() => host.HandedOver.Count == 3, TimeSpan.FromSeconds(2));
    }

    private static AutomationSettings Opening() =>
        EngineHost.Settings(s => s with { WindowPolicy = new(WindowPolicyKind.Template) { Opening = new TemplateContent { Name = "hi", Language = "pt_BR" } } });

    private static InboundEvent.Receipt Receipt(EngineHost host, Recipient row, ReceiptStatus status) => new()
    {
        ChannelId = "channel-1",
        At = host.Clock.GetUtcNow(),
        ProviderMessageId = "p1",
        AttemptId = new AttemptId(row.Id, 1).ToString(),
        Status = status,
    };

    private static InboundEvent.Reply Reply(EngineHost host, string number, string id = "in-1") =>
        new() { ChannelId = "channel-1", At = host.Clock.GetUtcNow(), ProviderMessageId = id, From = number, Text = "Oi" };
}
