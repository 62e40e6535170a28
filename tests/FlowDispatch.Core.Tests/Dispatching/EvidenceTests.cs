using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Testing.Simulations;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>The repetition on evidence, through the whole engine: the first message's answer is lost, the others are taken.</summary>
public sealed class EvidenceTests : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private readonly EngineHost _host = new();
    private SimulatedNode _node = null!;
    private Execution _execution = null!;

    private OutgoingMessage First => _host.Sender.Messages[0];

    private int Sent => _host.Sender.Messages.Count;

    [Fact]
    public async Task Receipts_of_later_messages_and_silence_about_this_one_repeat_it_after_the_grace_time_though_the_policy_is_to_hold()
    {
        await LoseTheFirstAnswerAsync();
        await ReportAsync(others: true);

        await _host.PassAsync(Grace - TimeSpan.FromSeconds(5));
        Assert.Equal(3, Sent);
        await _host.UntilAsync(_execution, ExecutionStatus.Completed, TimeSpan.FromSeconds(30));

        var again = _host.Sender.Messages[3];
        Assert.Equal(First.AttemptId with { Number = 2 }, again.AttemptId);
        Assert.Equal(new ExecutionCounters { Total = 3, Sent = 3, Delivered = 2, Completed = 3 }, (await _host.ReadAsync(_execution)).Counters);
        await _host.AssertConsistentAsync(_execution);
    }

    [Fact]
    public async Task Its_own_receipt_within_the_grace_time_settles_it_and_nothing_is_sent_again()
    {
        await LoseTheFirstAnswerAsync();
        await ReportAsync(others: true);
        await _host.PassAsync(Grace - TimeSpan.FromSeconds(2));

        await ReportAsync(others: false);
        await _host.UntilAsync(_execution, ExecutionStatus.Completed, TimeSpan.FromSeconds(5));
        await _host.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(3, Sent);
        Assert.Equal(3, (await _host.ReadAsync(_execution)).Counters.Delivered);
    }

    [Fact]
    public async Task A_receipt_that_came_in_and_is_not_settled_yet_is_waited_for()
    {
        await LoseTheFirstAnswerAsync();
        await ReportAsync(others: true);
        await _host.PassAsync(Grace - TimeSpan.FromSeconds(10));

        // As where settling failed: it was put off, and nobody looks at it for a while.
        await _host.Store.Inbox.AppendAsync([Receipt(First)], DateTimeOffset.UnixEpoch, EngineHost.Cancellation);
        var entry = Assert.Single(await _host.Store.Inbox.ReadAsync(_host.Clock.GetUtcNow(), 10, EngineHost.Cancellation));
        await _host.Store.Inbox.PutOffAsync([entry.Id], _host.Clock.GetUtcNow().AddMinutes(5), EngineHost.Cancellation);
        await _host.PassAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(3, Sent);
        await _host.PassAsync(TimeSpan.FromMinutes(1));
        await _host.UntilAsync(_execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(1));

        Assert.Equal(3, Sent);
        Assert.Equal(RecipientStatus.Delivered, (await _host.RecipientsAsync(_execution)).Single(r => r.Id == First.AttemptId.Recipient).Status);
    }

    [Fact]
    public async Task Without_a_receipt_of_a_later_message_it_waits_for_the_deadline_and_is_held()
    {
        await LoseTheFirstAnswerAsync();
        await PassTheDeadlineAsync();

        await AssertHeldAsync();
    }

    [Fact]
    public async Task Receipts_that_no_announced_receiver_took_in_are_no_evidence()
    {
        await LoseTheFirstAnswerAsync(announce: false);
        await ReportAsync(others: true);
        await PassTheDeadlineAsync();

        await AssertHeldAsync();
    }

    [Fact]
    public async Task A_crash_of_another_receiver_within_that_time_leaves_the_policy_to_decide()
    {
        await LoseTheFirstAnswerAsync();
        await ReportAsync(others: true);
        await _host.PassAsync(TimeSpan.FromSeconds(30));

        // It beat once, and never again.
        await _host.Store.Receivers.BeatAsync("another process", EngineHost.Cancellation);
        await PassTheDeadlineAsync();

        await AssertHeldAsync();
    }

    [Fact]
    public async Task A_receiver_that_stopped_in_order_while_this_one_was_up_takes_no_evidence_away()
    {
        await LoseTheFirstAnswerAsync();
        await ReportAsync(others: true);
        await _host.Store.Receivers.BeatAsync("another process", EngineHost.Cancellation);
        await _host.Store.Receivers.EndAsync("another process", EngineHost.Cancellation);

        await _host.UntilAsync(_execution, ExecutionStatus.Completed, Grace + TimeSpan.FromSeconds(30));

        Assert.Equal(4, Sent);
    }

    [Fact]
    public async Task A_report_that_was_missed_within_that_time_leaves_the_policy_to_decide()
    {
        await LoseTheFirstAnswerAsync();
        await ReportAsync(others: true);
        await _host.PassAsync(TimeSpan.FromSeconds(30));
        _node.Post(() => _node.Services.GetRequiredService<ReceiptReceiver>().ReportMissed());

        await PassTheDeadlineAsync();

        await AssertHeldAsync();
    }

    [Fact]
    public async Task A_receipt_after_the_deadline_still_settles_what_is_held()
    {
        await LoseTheFirstAnswerAsync();
        await PassTheDeadlineAsync();

        await ReportAsync(others: false);
        await _host.UntilAsync(async () => (await _host.ReadAsync(_execution)).Counters is { InDoubt: 0, Delivered: 1 }, TimeSpan.FromSeconds(5));

        Assert.Equal(3, Sent);
    }

    [Fact]
    public async Task Where_no_retry_is_left_evidence_repeats_nothing()
    {
        await LoseTheFirstAnswerAsync(maxRetries: 0);
        await ReportAsync(others: true);
        await PassTheDeadlineAsync();

        Assert.Equal(3, Sent);
        Assert.Equal(1, (await _host.ReadAsync(_execution)).Counters.InDoubt);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task LoseTheFirstAnswerAsync(bool announce = true, int maxRetries = 3)
    {
        await _host.PeopleAsync(3);
        var calls = 0;
        _host.Sender.Answer = async (message, _) =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                throw new HttpRequestException("The connection broke.");
            }

            await Task.CompletedTask;
            return RecordingSender.Accept(message);
        };
        _node = await _host.StartAsync(o => o.Node.InDoubtGracePeriod = Grace, receives: announce);
        await _host.PassAsync(TimeSpan.FromMilliseconds(100));
        _execution = await _host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 1, MaxRetries = maxRetries, RateLimitPerHour = 3_600 }));
        await _host.UntilAsync(async () => (await _host.ReadAsync(_execution)).Counters is { InDoubt: 1, Sent: 2 });
    }

    private async Task PassTheDeadlineAsync()
    {
        await _host.PassAsync(Grace + TimeSpan.FromSeconds(30));
        await _host.PassAsync(TimeSpan.FromMinutes(56));
        Assert.Equal(ExecutionStatus.Running, (await _host.ReadAsync(_execution)).Status);
        await _host.PassAsync(TimeSpan.FromMinutes(1));
        await _host.UntilAsync(_execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(2));
    }

    private Task ReportAsync(bool others) =>
        _host.ReceiveAsync(_node, [.. _host.Sender.Messages.Where(m => others != (m.AttemptId == First.AttemptId)).Select(Receipt)]);

    private InboundEvent Receipt(OutgoingMessage message) => new InboundEvent.Receipt
    {
        ChannelId = "channel-1",
        At = _host.Clock.GetUtcNow(),
        ProviderMessageId = $"message-{message.AttemptId}",
        AttemptId = message.AttemptId.ToString(),
        Status = ReceiptStatus.Delivered,
    };

    private async Task AssertHeldAsync()
    {
        Assert.Equal(3, Sent);
        var row = (await _host.RecipientsAsync(_execution)).Single(r => r.Id == First.AttemptId.Recipient);
        Assert.Equal((RecipientStatus.InDoubt, false), (row.Status, row.Open));
    }
}
