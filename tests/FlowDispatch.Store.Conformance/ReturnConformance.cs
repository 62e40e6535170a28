using FlowDispatch.Executions;

namespace FlowDispatch.Store.Conformance;

/// <summary>What an execution owes to variable sources is kept until it is settled, and found once the execution has ended.</summary>
public abstract class ReturnConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task An_execution_that_owes_is_found_once_it_has_ended_until_it_is_settled()
    {
        var execution = await RunningAsync(2);
        await OweAsync(execution);
        Assert.Empty(await OwingAsync());
        Assert.True((await FindAsync(execution)).OwesReturns);

        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(Skipped));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        await Store.Claims.TryCloseAsync(execution.Number, Cancellation);
        await ReopenAsync();

        var owing = Assert.Single(await OwingAsync());
        Assert.Equal(Some.Text(await FindAsync(execution)), Some.Text(owing));
        Assert.Equal((execution.Id, 2), (owing.Id, owing.Counters.Skipped));

        await SettleAsync(execution);

        Assert.Empty(await OwingAsync());
        Assert.False((await FindAsync(execution)).OwesReturns);
    }

    [Fact]
    public async Task One_that_owes_is_not_pruned_before_it_is_settled()
    {
        var execution = await RunningAsync(2);
        await OweAsync(execution);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(Skipped));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        await Store.Claims.TryCloseAsync(execution.Number, Cancellation);
        var later = Now.AddDays(1);

        Assert.Equal(new(0, 0, Done: true), await Store.Retention.PruneAsync(later, null, 100, Cancellation));

        await SettleAsync(execution);
        Assert.Equal(1, (await Store.Retention.PruneAsync(later, null, 100, Cancellation)).Executions);
    }

    [Fact]
    public async Task A_cancelled_one_is_found_when_nobody_of_it_is_open_any_more()
    {
        var execution = await RunningAsync(3);
        await OweAsync(execution);
        await CancelAsync(execution);
        Assert.Empty(await OwingAsync());

        Assert.Equal(3, await Store.Claims.CancelOpenAsync(execution.Number, 100, Cancellation));

        Assert.Equal([execution.Id], (await OwingAsync()).Select(e => e.Id));
    }

    [Theory]
    [InlineData(ExecutionStatus.Running)]
    [InlineData(ExecutionStatus.Paused)]
    [InlineData(ExecutionStatus.Failed)]
    public async Task One_that_may_go_on_is_not_found(ExecutionStatus status)
    {
        var execution = await RunningAsync(0);
        var other = await ExecutionAsync();
        await OweAsync(other);
        await Store.Executions.UpdateAsync(Some.Organization, other.Id, e => e with { Status = status }, Cancellation);

        Assert.Equal(ExecutionStatus.Completed, execution.Status);
        Assert.Empty(await OwingAsync());
    }

    [Fact]
    public async Task Many_are_found_page_by_page_by_number_whatever_their_organization()
    {
        var executions = new List<Execution>();
        for (var i = 0; i < 5; i++)
        {
            executions.Add(await ExecutionAsync(await AutomationAsync(organization: i == 3 ? Some.OtherOrganization : Some.Organization)));
            await OweAsync(executions[i]);
            await CancelAsync(executions[i]);
        }

        var found = new List<Execution>();
        while (await OwingAsync(found.Count == 0 ? 0 : found[^1].Number, 2) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 2);
            found.AddRange(page);
        }

        Assert.Equal(executions.Select(e => e.Number), found.Select(e => e.Number));
        Assert.Equal(executions.Select(e => e.OrganizationId), found.Select(e => e.OrganizationId));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OwingAsync(limit: 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OwingAsync(limit: 1_001));
    }

    private Task<IReadOnlyList<Execution>> OwingAsync(int after = 0, int limit = 100) => Store.Executions.FindOwingReturnsAsync(after, limit, Cancellation);

    private Task<Execution?> OweAsync(Execution execution) => MoveAsync(execution, owes: true);

    private Task<Execution?> SettleAsync(Execution execution) => MoveAsync(execution, owes: false);

    private Task<Execution?> MoveAsync(Execution execution, bool owes) =>
        Store.Executions.UpdateAsync(execution.OrganizationId, execution.Id, e => e with { OwesReturns = owes }, Cancellation);
}
