using System.Text.Json;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;

namespace FlowDispatch.Core.Tests.Regressions;

/// <summary>Known mistakes of the field about what became of a message or a run, each by its name, against the whole engine.</summary>
public sealed class OutcomeRegressions
{
    // Who marks before the call and means "sent" by it reports messages that nobody ever got.
    [Fact]
    public async Task Nobody_is_marked_sent_before_the_call()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(5);
        await host.StartAsync();
        var held = host.Hold(0);
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(() => host.HandedOver.Count == 5);
        await host.PassAsync(TimeSpan.FromSeconds(10));

        Assert.All(await host.RecipientsAsync(execution), r => Assert.Equal((RecipientStatus.Sending, Milestone.None, null, null), (r.Status, r.Reached, r.SentAt, r.ProviderMessageId)));
        Assert.Equal(new ExecutionCounters { Total = 5, Pending = 5, Open = 5 }, (await host.ReadAsync(execution)).Counters);

        held.Release(5);
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(5, (await host.ReadAsync(execution)).Counters.Sent);
    }

    [Fact]
    public async Task Whoever_was_in_the_senders_hands_when_the_process_died_is_in_doubt_and_not_sent()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(5);
        var dies = await host.StartAsync(Hasty);
        host.Hold(0);
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 5 }));
        await host.UntilAsync(() => host.HandedOver.Count == 5);

        dies.Kill();
        await host.StartAsync(Hasty);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(5, host.HandedOver.Count);
        Assert.Equal(new ExecutionCounters { Total = 5, InDoubt = 5 }, (await host.ReadAsync(execution)).Counters);
    }

    // A retry in the engine around a retry in the client is their product.
    [Theory]
    [InlineData(0, true, 1)]
    [InlineData(2, true, 3)]
    [InlineData(2, false, 1)]
    public async Task Retries_are_not_multiplied_by_a_second_layer(int retries, bool retryFailed, int sends)
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(20);
        var first = await host.StartAsync();
        await host.StartAsync();
        host.Sender.Answer = (_, _) => Task.FromResult<SendResult>(new SendResult.Failed("131000", "Busy."));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxRetries = retries, RetryFailed = retryFailed }));
        await host.PassAsync(TimeSpan.FromSeconds(30));

        // A process that dies and one that takes its place begin no count anew.
        first.Kill();
        await host.StartAsync();
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.All(host.HandedOver.CountBy(h => h.Message.To), person => Assert.Equal(sends, person.Value));
        Assert.All(await host.RecipientsAsync(execution), r => Assert.Equal((RecipientStatus.Failed, sends, "131000"), (r.Status, r.Attempts, r.ErrorCode)));
    }

    // The same at the sender's end: what it throws is no reason to call it again.
    [Fact]
    public async Task A_sender_that_throws_is_not_called_again()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(20);
        await host.StartAsync(Hasty);
        host.Sender.Answer = (_, _) => throw new TimeoutException("No answer.");

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxRetries = 5 }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(20, host.HandedOver.Count);
        Assert.Equal(20, (await host.ReadAsync(execution)).Counters.InDoubt);
    }

    // "Completed, 100 %" over a list of people who all failed.
    [Fact]
    public async Task A_run_does_not_look_well_when_everything_failed()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(30);
        await host.StartAsync();
        host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(
            message.To.EndsWith('7') ? new SendResult.Failed("131000", "Busy.") : new SendResult.Rejected("131026", "Not there."));

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxRetries = 1 }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(new ExecutionCounters { Total = 30, Failed = 30 }, (await host.ReadAsync(execution)).Counters);
        Assert.Equal([new("131026", 27), new("131000", 3)], await host.Store.Executions.CountErrorsAsync(execution.Id, EngineHost.Cancellation));
        Assert.All(await host.RecipientsAsync(execution), r => Assert.False(r.FlowCompleted));
    }

    [Fact]
    public async Task A_run_whose_audience_can_not_be_resolved_fails_and_says_why()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3);
        await host.StartAsync();
        var gone = Guid.CreateVersion7(host.Clock.GetUtcNow());

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with
        {
            AudienceType = "uploaded",
            AudienceConfig = JsonSerializer.SerializeToElement(new { upload_id = gone }),
        }));
        await host.UntilAsync(async () => !(await host.ReadAsync(execution)).IsOpen);

        var failed = await host.ReadAsync(execution);
        Assert.Equal(ExecutionStatus.Failed, failed.Status);
        Assert.Contains(gone.ToString(), failed.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(host.HandedOver);
    }

    // Whoever is told nothing stays pending for ever in a run that is over.
    [Fact]
    public async Task A_run_without_a_message_for_anybody_skips_everybody_and_says_so()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3);
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings(), [new FlowNode.Start("start", "end"), new FlowNode.End("end", "converted")]);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Empty(host.HandedOver);
        Assert.Equal(new ExecutionCounters { Total = 3, Completed = 3, Skipped = 3 }, (await host.ReadAsync(execution)).Counters);
        Assert.All(await host.RecipientsAsync(execution), r => Assert.Equal(
            (RecipientStatus.Skipped, ReasonCodes.NoMessage, "converted", true), (r.Status, r.ErrorCode, r.FlowOutcome, r.FlowCompleted)));
        await host.AssertConsistentAsync(execution);
    }

    private static void Hasty(FlowDispatchOptions options) => options.Node.InDoubtDeadline = options.Node.InDoubtGracePeriod;
}
