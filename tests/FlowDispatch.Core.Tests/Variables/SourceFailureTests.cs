using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Variables;

namespace FlowDispatch.Core.Tests.Variables;

/// <summary>Sources that throw, hang, or are not there, and nodes that die while they are asked.</summary>
public sealed class SourceFailureTests
{
    [Fact]
    public async Task A_source_that_throws_is_asked_again_no_more_often_than_leases_end_and_nobody_is_lost()
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(1_500);
        run.Book.Before = (request, _) => request.People.Count == 500 ? throw new InvalidOperationException("Password=secret") : Task.CompletedTask;
        await run.StartAsync();
        await run.StartAsync();

        var execution = await run.BeginAsync();
        await run.Host.PassAsync(CouponRun.Lease * 10);

        var waiting = await run.Host.ReadAsync(execution);
        Assert.Equal((ExecutionStatus.Running, 1_000, 1_000), (waiting.Status, waiting.Counters.Total, waiting.Counters.Sent));
        Assert.Equal("The variable source \"coupon\" failed with InvalidOperationException; the log says more. It is asked again until it answers.", waiting.StatusReason);
        Assert.InRange(run.Book.Asked.Count(r => r.People.Count == 500), 5, 11);

        run.Book.Before = null;
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);
        var done = await run.Host.ReadAsync(execution);
        Assert.Equal((1_500, null), (done.Counters.Sent, done.StatusReason));
        Assert.Equal(1_500, (await run.CodesAsync(execution)).Distinct(StringComparer.Ordinal).Count());
        await run.Host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task What_a_source_says_for_operators_is_shown_until_it_can_answer()
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(2);
        run.Book.Before = (_, _) => throw new VariablesUnavailableException("The spring pool has no codes left.");
        await run.StartAsync();

        var execution = await run.BeginAsync();
        await run.Host.UntilAsync(async () => (await run.Host.ReadAsync(execution)).StatusReason is not null);

        Assert.Equal(
            "The variable source \"coupon\" can't answer: The spring pool has no codes left. It is asked again until it can.",
            (await run.Host.ReadAsync(execution)).StatusReason);
    }

    [Fact]
    public async Task Sources_that_never_answer_hold_up_no_other_execution()
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(2);
        run.Book.Before = (_, _) => new TaskCompletionSource().Task; // whatever its token says
        await run.StartAsync();
        var stuck = new List<Execution>();
        while (stuck.Count < 8) // what a node plans at once
        {
            stuck.Add(await run.BeginAsync());
        }

        await run.Host.UntilAsync(() => run.Book.Asked.Count == 8);
        var other = await run.Host.BeginAsync(EngineHost.Settings());
        await run.Host.UntilAsync(other, ExecutionStatus.Completed, TimeSpan.FromSeconds(30));

        Assert.Equal(
            "The variable source \"coupon\" gave no answer within 00:00:20. It is asked again until it does.",
            (await run.Host.ReadAsync(stuck[0])).StatusReason);
    }

    [Fact]
    public async Task A_slow_answer_keeps_its_lease_and_a_cancelled_execution_waits_for_none()
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(2);
        run.Book.Before = (_, _) => run.Host.World.PauseAsync(null, TimeSpan.FromSeconds(18));
        await run.StartAsync();
        await run.StartAsync();

        var slow = await run.BeginAsync();
        await run.Host.UntilAsync(slow, ExecutionStatus.Completed, TimeSpan.FromMinutes(1));
        Assert.Single(run.Book.Asked);

        var cancelled = await run.BeginAsync();
        await run.Host.UntilAsync(() => run.Book.Asked.Count == 2);
        await run.Host.ChangeAsync(cancelled, ExecutionStatus.Cancelled);
        await run.Host.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(await run.Host.RecipientsAsync(cancelled));
        Assert.Equal(2, run.Book.Asked.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_node_that_dies_between_asking_and_storing_costs_no_code(int batch)
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(2_400);
        var doomed = await run.StartAsync();
        run.Book.Before = (_, _) =>
        {
            // Its answer is given, durably, and never arrives.
            if (run.Book.Asked.Count == batch)
            {
                doomed.Kill();
            }

            return Task.CompletedTask;
        };
        var execution = await run.BeginAsync();
        await run.Host.UntilAsync(() => !doomed.Alive);
        await run.Host.PassAsync(TimeSpan.FromSeconds(1));

        await run.StartAsync();
        await run.Host.UntilAsync(async () => (await run.Host.ReadAsync(execution)).PlannedAt is not null);

        var codes = await run.CodesAsync(execution);
        Assert.Equal(2_400, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(2_400, run.Book.Given.Count);
        Assert.True(run.Book.Asked.Sum(r => r.People.Count) > 2_400);
    }

    [Fact]
    public async Task A_node_without_the_source_plans_nobody_and_one_that_has_it_goes_on()
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(3);
        var registered = run.Host.Register;
        var node = await run.StartAsync();
        var automation = await run.Host.AutomationAsync(node, CouponRun.Settings());
        run.Book.Before = (_, _) => throw new VariablesUnavailableException("Not yet.");
        var execution = await run.Host.LaunchAsync(node, automation);
        node.Kill();
        run.Book.Before = null;

        run.Host.Register = null;
        await run.StartAsync();
        await run.Host.PassAsync(TimeSpan.FromMinutes(1));
        var waiting = await run.Host.ReadAsync(execution);
        Assert.Equal(0, waiting.Counters.Total);
        Assert.StartsWith("No variable source \"coupon\" is registered here.", waiting.StatusReason, StringComparison.Ordinal);

        run.Host.Register = registered;
        await run.StartAsync();
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(3, (await run.CodesAsync(execution)).Count);
    }
}
