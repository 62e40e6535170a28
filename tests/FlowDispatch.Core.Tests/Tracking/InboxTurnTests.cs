using FlowDispatch.Tracking;

namespace FlowDispatch.Tests.Tracking;

public sealed class InboxTurnTests
{
    [Fact]
    public async Task Of_two_nodes_one_settles_until_nothing_is_left_for_a_second()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var (first, second) = (Turn(run), Turn(run));

        await TellAsync(run, 10);
        Assert.Equal(10, await first.RunOnceAsync(run.Cancellation));
        await TellAsync(run, 5);
        Assert.Equal(0, await second.RunOnceAsync(run.Cancellation));
        Assert.Equal(5, await run.WaitingAsync());
        Assert.Equal(5, await first.RunOnceAsync(run.Cancellation));
        Assert.Equal(0, await first.RunOnceAsync(run.Cancellation));

        // It has had nothing to do for less than a second, and keeps its turn.
        await TellAsync(run, 1);
        run.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, await second.RunOnceAsync(run.Cancellation));
        Assert.Equal(1, await first.RunOnceAsync(run.Cancellation));

        run.Clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, await first.RunOnceAsync(run.Cancellation));
        await TellAsync(run, 2);
        Assert.Equal(2, await second.RunOnceAsync(run.Cancellation));
        Assert.Equal(0, await first.RunOnceAsync(run.Cancellation));
    }

    [Fact]
    public async Task A_node_that_goes_on_keeps_its_turn()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var (first, second) = (Turn(run), Turn(run));

        for (var round = 0; round < 100; round++)
        {
            await TellAsync(run, 1);
            Assert.Equal(1, await first.RunOnceAsync(run.Cancellation));
            await TellAsync(run, 1);
            Assert.Equal(0, await second.RunOnceAsync(run.Cancellation));
            Assert.Equal(1, await first.RunOnceAsync(run.Cancellation));
            run.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public async Task A_node_that_died_is_waited_for_three_seconds()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var (first, second) = (Turn(run), Turn(run));
        await TellAsync(run, 1);
        Assert.Equal(1, await first.RunOnceAsync(run.Cancellation));

        await TellAsync(run, 4);
        run.Clock.Advance(TimeSpan.FromMilliseconds(2_999));
        Assert.Equal(0, await second.RunOnceAsync(run.Cancellation));
        run.Clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(4, await second.RunOnceAsync(run.Cancellation));
    }

    [Fact]
    public async Task A_node_that_stops_gives_its_turn_back()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var (first, second) = (Turn(run), Turn(run));
        await TellAsync(run, 1);
        Assert.Equal(1, await first.RunOnceAsync(run.Cancellation));

        await second.GiveBackAsync(run.Cancellation);
        await first.GiveBackAsync(run.Cancellation);

        await TellAsync(run, 3);
        Assert.Equal(3, await second.RunOnceAsync(run.Cancellation));
    }

    [Fact]
    public async Task A_node_that_is_late_to_renew_its_turn_has_none()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var (first, second) = (Turn(run), Turn(run));
        await TellAsync(run, 1);
        Assert.Equal(1, await first.RunOnceAsync(run.Cancellation));

        run.Clock.Advance(TimeSpan.FromSeconds(4));
        await TellAsync(run, 1);
        Assert.Equal(1, await second.RunOnceAsync(run.Cancellation));
        await TellAsync(run, 1);
        Assert.Equal(0, await first.RunOnceAsync(run.Cancellation));
        Assert.Equal(1, await second.RunOnceAsync(run.Cancellation));
    }

    [Fact]
    public async Task Where_nothing_came_in_no_turn_is_taken()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        Assert.Equal(0, await Turn(run).RunOnceAsync(run.Cancellation));

        Assert.Empty(await run.Store.Limits.PeekAsync(["turn:inbox"], 1, TimeSpan.FromSeconds(3), run.Cancellation));
        await TellAsync(run, 1);
        Assert.Equal(1, await Turn(run).RunOnceAsync(run.Cancellation));
        Assert.Single(await run.Store.Limits.PeekAsync(["turn:inbox"], 1, TimeSpan.FromSeconds(3), run.Cancellation));
    }

    private static InboxTurn Turn(TrackedRun run) => new(run.Store, run.Processor, new(run.Clock), run.Clock);

    private static Task TellAsync(TrackedRun run, int receipts) => run.Store.Inbox.AppendAsync(
        [.. Enumerable.Repeat(run.Receipt(ReceiptStatus.Delivered), receipts)], run.Clock.GetUtcNow(), run.Cancellation);
}
