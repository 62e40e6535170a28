using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Tracking;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>Answers of senders that come after a receipt has told the same.</summary>
public sealed class LateAnswerTests
{
    // Its sender repeats under a key and has receipts too: the first try's receipt comes while the repetition is in hand.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_to_a_repetition_does_not_turn_the_run_back(bool accepts)
    {
        await using var host = new EngineHost(SenderCapabilities.Receipts | SenderCapabilities.IdempotentSends);
        var people = await host.PeopleAsync(30);
        var node = await host.StartAsync();
        var one = people[0].WhatsAppId;
        var calls = new Dictionary<AttemptId, int>();
        host.Sender.Answer = async (message, _) =>
        {
            var call = calls[message.AttemptId] = calls.GetValueOrDefault(message.AttemptId) + 1;
            switch (message.AttemptId.Number)
            {
                case 1 when message.To != one:
                    return new SendResult.Failed("busy", "Busy.");
                case 1 when call == 1:
                    return new SendResult.InDoubt("lost");
                case 1:
                    await host.World.PauseAsync(null, TimeSpan.FromSeconds(8));
                    return accepts ? RecordingSender.Accept(message) : new SendResult.Failed("busy", "Busy.");
                case 3 when call == 1:
                    await host.World.PauseAsync(null, TimeSpan.FromSeconds(12));
                    return RecordingSender.Accept(message);
                default:
                    return RecordingSender.Accept(message);
            }
        };
        var execution = await host.BeginAsync(EngineHost.Settings(), EngineHost.Says("a", "b", "c", "d"));
        await host.UntilAsync(() => host.HandedOver.Count(h => h.Message.To == one) == 2);
        var row = (await host.RecipientsAsync(execution)).Single(r => r.PhoneNumber == one);

        await host.ReceiveAsync(node, new InboundEvent.Receipt
        {
            ChannelId = "channel-1",
            At = host.Clock.GetUtcNow(),
            ProviderMessageId = "p1",
            AttemptId = new AttemptId(row.Id, 1).ToString(),
            Status = ReceiptStatus.Sent,
        });
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(
            ["a/1", "a/1", "b/2", "c/3", "d/4"],
            host.HandedOver.Where(h => h.Message.To == one).Select(h => $"{((MessageContent.Text)h.Message.Content).Body}/{h.Message.AttemptId.Number}"));
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Who_falls_due_does_not_wait_for_a_slow_sender_that_has_somebody_else()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(2);
        await host.StartAsync();
        var failed = false;
        host.Sender.Answer = async (message, _) =>
        {
            if (message.To == people[0].WhatsAppId)
            {
                await host.World.PauseAsync(null, TimeSpan.FromMinutes(5));
            }
            else if (!failed)
            {
                failed = true;
                return new SendResult.Failed("busy", "Busy.");
            }

            return RecordingSender.Accept(message);
        };
        var began = host.Clock.GetUtcNow();
        await host.BeginAsync(EngineHost.Settings());

        await host.UntilAsync(() => host.HandedOver.Count == 3, TimeSpan.FromMinutes(20));

        Assert.InRange((host.HandedOver[2].At - began).TotalSeconds, 60, 70);
    }

    [Fact]
    public async Task People_who_are_planned_later_do_not_wait_for_a_slow_sender()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(2_500);
        await host.StartAsync();
        host.Climate.Latency = TimeSpan.FromSeconds(0.15);
        var first = true;
        host.Sender.Answer = async (message, _) =>
        {
            if (first)
            {
                first = false;
                await host.World.PauseAsync(null, TimeSpan.FromMinutes(5));
            }

            return RecordingSender.Accept(message);
        };
        await host.BeginAsync(EngineHost.Settings());

        await host.UntilAsync(() => host.HandedOver.Count == 2_500, TimeSpan.FromMinutes(4));
    }
}
