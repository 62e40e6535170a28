using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Tracking;

namespace FlowDispatch.Core.Tests.Dispatching;

public sealed class ErrorBudgetTests
{
    // Slow enough that what failed is seen long before everybody had a turn.
    private static readonly AutomationSettings Slow = EngineHost.Settings(s => s with { RateLimitPerHour = 18_000, ErrorBudget = new(50, 4) });

    [Fact]
    public async Task Too_many_failures_of_the_provider_pause_the_execution_and_say_so()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(100);
        host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(new SendResult.Rejected("131026", "Not there"));
        await host.StartAsync();

        var execution = await host.BeginAsync(Slow);
        await host.UntilAsync(execution, ExecutionStatus.Paused, TimeSpan.FromMinutes(1));
        await host.PassAsync(TimeSpan.FromSeconds(5));

        var paused = await host.ReadAsync(execution);
        Assert.Matches("^error_budget: ([0-9]+) of \\1 messages failed on the provider's side \\(100 %; the budget is 50 % from 4 on\\)", paused.StatusReason);
        Assert.InRange(host.Sender.Messages.Count, 4, 60);
        Assert.Equal(100 - paused.Counters.Failed, paused.Counters.Pending);
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Resuming_forgives_what_failed_and_counts_anew()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(60);
        var broken = true;
        host.Sender.Answer = (message, _) => Task.FromResult(
            broken ? new SendResult.Rejected("131026", "Not there") : RecordingSender.Accept(message));
        var node = await host.StartAsync();
        await host.StartAsync();
        var execution = await host.BeginAsync(Slow);
        await host.UntilAsync(execution, ExecutionStatus.Paused, TimeSpan.FromMinutes(1));
        await host.PassAsync(TimeSpan.FromSeconds(2));
        var failed = (await host.ReadAsync(execution)).Counters.Failed;

        broken = false;
        await host.AskAsync<ExecutionService, Execution?>(node, s => s.ResumeAsync(EngineHost.Organization, execution.Id, EngineHost.Cancellation));
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Sent >= 8);
        Assert.Equal((ExecutionStatus.Running, new(0, failed)), ((await host.ReadAsync(execution)).Status, (await host.ReadAsync(execution)).Forgiven));

        broken = true;
        await host.UntilAsync(execution, ExecutionStatus.Paused, TimeSpan.FromMinutes(1));

        // Of those that failed since, a few may have been in senders' hands when it was judged.
        var again = await host.ReadAsync(execution);
        var told = again.StatusReason!.Split(' ');
        Assert.Equal(["error_budget:", "of", "messages"], [told[0], told[2], told[4]]);
        var (newly, of) = (Number(told[1]), Number(told[3]));
        Assert.InRange(newly, (of + 1) / 2, again.Counters.Failed - failed);
        Assert.Equal(again.Counters.Sent, of - newly);

        static int Number(string figure) => int.Parse(figure, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Failures_that_are_our_own_do_not_count()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(10);
        await host.StartAsync();

        // Everybody's first message is taken, and the second one can't be rendered.
        var execution = await host.BeginAsync(Slow with { ErrorBudget = new(1, 1) }, EngineHost.Says("{{ name }}", "{{ 10 | divided_by: name }}"));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(10, (await host.ReadAsync(execution)).Counters.Failed);
        Assert.All(await host.RecipientsAsync(execution), r => Assert.Equal(ReasonCodes.TemplateError, r.ErrorCode));
    }

    [Fact]
    public async Task Failures_that_receipts_report_count_while_nobody_sends()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(5);
        host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(
            message.To.EndsWith('0') ? new SendResult.Failed("131000", "Busy") : RecordingSender.Accept(message));
        var node = await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { ErrorBudget = new(50, 4) }));
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Sent == 4);

        // One waits a minute for its retry, so the execution goes on; the other four come back.
        await host.ReceiveAsync(node, [.. (await host.RecipientsAsync(execution)).Where(r => r.ProviderMessageId is not null).Select(r => new InboundEvent.Receipt
        {
            ChannelId = "channel-1",
            At = host.Clock.GetUtcNow(),
            ProviderMessageId = r.ProviderMessageId!,
            Status = ReceiptStatus.Failed,
            ErrorCode = "131049",
        })]);

        await host.UntilAsync(execution, ExecutionStatus.Paused, TimeSpan.FromSeconds(30));
        Assert.StartsWith("error_budget: 4 of 8 messages", (await host.ReadAsync(execution)).StatusReason, StringComparison.Ordinal);
    }
}
