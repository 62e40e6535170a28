using FlowDispatch.Flows;

namespace FlowDispatch.Store.Conformance;

/// <summary>Flows: every change is a version, and every version stays.</summary>
public abstract class FlowConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Everything_of_a_flow_survives()
    {
        var flow = await CreateAsync("Boas-vindas 🌞");

        await ReopenAsync();

        Assert.Equal(Some.Text(flow), Some.Text(await FindAsync(flow)));
    }

    [Fact]
    public async Task A_change_makes_the_next_version_and_leaves_the_others()
    {
        var first = await CreateAsync("One");
        Clock.Advance(TimeSpan.FromTicks(5));
        var second = await Store.Flows.UpdateAsync(
            Some.Organization, first.Id, f => f with { Name = "Two", Nodes = [.. f.Nodes.Take(2)], Version = 99, UpdatedAt = Now }, Cancellation);

        Assert.Equal((2, "Two", first.CreatedAt, Now), (second!.Version, second.Name, second.CreatedAt, second.UpdatedAt));
        Assert.Equal(Some.Text(second), Some.Text(await FindAsync(first)));
        Assert.Equal(Some.Text(second), Some.Text(await FindAsync(first, 2)));
        Assert.Equal(Some.Text(first), Some.Text(await FindAsync(first, 1)));
        Assert.Null(await FindAsync(first, 3));
    }

    [Fact]
    public async Task Eight_changes_at_once_make_eight_versions()
    {
        var flow = await CreateAsync("Busy");

        var versions = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => Store.Flows.UpdateAsync(Some.Organization, flow.Id, f => f with { Name = $"{f.Name}{i}" }, Cancellation), Cancellation)));

        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], versions.Select(v => v!.Version).Order());
        Assert.Equal("Busy".Length + 8, (await FindAsync(flow))!.Name.Length);
    }

    [Fact]
    public async Task Versions_are_listed_newest_first()
    {
        var flow = await CreateAsync("1");
        for (var i = 2; i <= 5; i++)
        {
            await Store.Flows.UpdateAsync(Some.Organization, flow.Id, f => f with { Name = $"{i}" }, Cancellation);
        }

        var page = await Store.Flows.ListVersionsAsync(Some.Organization, flow.Id, new(2, 2), Cancellation);

        Assert.Equal([3, 2], page.Items.Select(f => f.Version));
        Assert.Equal(["3", "2"], page.Items.Select(f => f.Name));
        Assert.Equal(5, page.Total);
    }

    [Fact]
    public async Task Flows_are_listed_newest_first_in_their_newest_versions()
    {
        var flows = new List<Flow>();
        for (var i = 0; i < 5; i++)
        {
            flows.Add(await CreateAsync($"{i}"));
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Store.Flows.UpdateAsync(Some.Organization, flows[1].Id, f => f with { Name = "changed" }, Cancellation);

        var first = await Store.Flows.ListAsync(Some.Organization, new(3), Cancellation);
        var second = await Store.Flows.ListAsync(Some.Organization, new(3, 2), Cancellation);
        Assert.Equal(["4", "3", "2", "changed", "0"], first.Items.Concat(second.Items).Select(f => f.Name));
        Assert.Equal((5, 5), (first.Total, second.Total));
    }

    [Fact]
    public async Task A_deleted_flow_is_gone_for_everybody_who_asks()
    {
        var flow = await CreateAsync("Gone");

        Assert.True(await Store.Flows.DeleteAsync(Some.Organization, flow.Id, Now, Cancellation));
        Assert.False(await Store.Flows.DeleteAsync(Some.Organization, flow.Id, Now, Cancellation));

        Assert.Null(await FindAsync(flow));
        Assert.Null(await FindAsync(flow, 1));
        Assert.Null(await Store.Flows.UpdateAsync(Some.Organization, flow.Id, f => f, Cancellation));
        Assert.Equal(0, (await Store.Flows.ListAsync(Some.Organization, new(), Cancellation)).Total);
        Assert.Empty((await Store.Flows.ListVersionsAsync(Some.Organization, flow.Id, new(), Cancellation)).Items);
    }

    [Fact]
    public async Task Organizations_never_meet()
    {
        var flow = await CreateAsync("Ours");

        Assert.Null(await Store.Flows.FindAsync(Some.OtherOrganization, flow.Id, null, Cancellation));
        Assert.Null(await Store.Flows.UpdateAsync(Some.OtherOrganization, flow.Id, f => f, Cancellation));
        Assert.False(await Store.Flows.DeleteAsync(Some.OtherOrganization, flow.Id, Now, Cancellation));
        Assert.Empty((await Store.Flows.ListAsync(Some.OtherOrganization, new(), Cancellation)).Items);
        Assert.Empty((await Store.Flows.ListVersionsAsync(Some.OtherOrganization, flow.Id, new(), Cancellation)).Items);
    }

    private async Task<Flow> CreateAsync(string name)
    {
        var flow = Some.Flow(Clock) with { Name = name };
        await Store.Flows.CreateAsync(flow, Cancellation);
        return flow;
    }

    private Task<Flow?> FindAsync(Flow flow, int? version = null) => Store.Flows.FindAsync(Some.Organization, flow.Id, version, Cancellation);
}
