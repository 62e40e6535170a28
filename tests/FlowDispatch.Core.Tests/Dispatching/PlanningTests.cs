using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Audiences;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Testing.Simulations;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>Audiences that take longer than a lease, on two nodes that would both plan.</summary>
public sealed class PlanningTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task An_audience_whose_first_answer_takes_longer_than_a_lease_is_read_once()
    {
        await using var host = new EngineHost();
        var slow = new SlowAudience(host.World, await host.PeopleAsync(50), first: TimeSpan.FromMinutes(2), each: TimeSpan.Zero);
        var execution = await BeginAsync(host, slow);

        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(3));

        Assert.Equal(1, slow.Reads);
        Assert.Equal(50, (await host.ReadAsync(execution)).Counters.Sent);
    }

    [Fact]
    public async Task An_idle_node_asks_for_nothing_to_plan()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(5);
        var asked = 0;
        host.Climate.Asked = member => asked += member == nameof(IExecutionStore.LeasePlanAsync) ? 1 : 0;
        await host.StartAsync();
        await host.StartAsync();

        var idleUntil = host.Clock.GetUtcNow().AddMinutes(1);
        await host.UntilAsync(() => host.Clock.GetUtcNow() >= idleUntil, TimeSpan.FromMinutes(2));
        Assert.Equal(2, asked); // each once, as it starts

        // It is heard of by the next look at what there is to do.
        var execution = await host.BeginAsync(EngineHost.SettingsFor(people));
        await host.UntilAsync(() => host.HandedOver.Count == 5, TimeSpan.FromSeconds(1));
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.InRange(asked, 3, 10);
    }

    [Fact]
    public async Task An_audience_that_trickles_is_sent_to_while_it_is_read()
    {
        await using var host = new EngineHost();
        var slow = new SlowAudience(host.World, await host.PeopleAsync(50), first: TimeSpan.Zero, each: TimeSpan.FromMilliseconds(700));
        var execution = await BeginAsync(host, slow);

        await host.UntilAsync(() => host.HandedOver.Count > 0, TimeSpan.FromSeconds(5));
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromSeconds(40));

        Assert.Equal(1, slow.Reads);
        Assert.Equal(50, (await host.ReadAsync(execution)).Counters.Sent);
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Audiences_that_never_answer_hold_up_no_other_once_their_executions_are_cancelled()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(5);
        var silent = new SlowAudience(host.World, people, first: TimeSpan.FromDays(365), each: TimeSpan.Zero);
        var stuck = new List<Execution> { await BeginAsync(host, silent) };
        while (stuck.Count < 16) // what two nodes plan at once
        {
            stuck.Add(await host.BeginAsync(EngineHost.Settings(s => s with { AudienceType = "slow" })));
        }

        await host.UntilAsync(() => silent.Reads == 16, TimeSpan.FromMinutes(1));
        foreach (var execution in stuck)
        {
            await host.ChangeAsync(execution, ExecutionStatus.Cancelled);
        }

        var other = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(other, ExecutionStatus.Completed, TimeSpan.FromSeconds(30));
        Assert.Equal(5, (await host.ReadAsync(other)).Counters.Sent);
    }

    [Fact]
    public async Task A_store_that_is_away_while_an_audience_is_waited_for_starts_it_over_and_loses_nobody()
    {
        await using var host = new EngineHost();
        var slow = new SlowAudience(host.World, await host.PeopleAsync(50), first: TimeSpan.FromSeconds(20), each: TimeSpan.Zero);
        var execution = await BeginAsync(host, slow);
        await host.UntilAsync(() => slow.Reads == 1);
        host.Climate.IsAway = true;
        await host.PassAsync(TimeSpan.FromSeconds(10));
        host.Climate.IsAway = false;

        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(2));

        Assert.True(slow.Reads > 1);
        Assert.Equal(50, (await host.ReadAsync(execution)).Counters.Sent);
    }

    private static async Task<Execution> BeginAsync(EngineHost host, SlowAudience slow)
    {
        host.Register = builder => builder.Services.AddKeyedSingleton<IAudience>("slow", slow);
        await host.StartAsync(o => o.Node.LeaseDuration = Lease);
        await host.StartAsync(o => o.Node.LeaseDuration = Lease);
        return await host.BeginAsync(EngineHost.Settings(s => s with { AudienceType = "slow" }));
    }

    private sealed class SlowAudience(World world, IReadOnlyList<Contact> people, TimeSpan first, TimeSpan each) : IAudience
    {
        public int Reads { get; private set; }

        public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<AudienceProblem>>([]);

        public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Reads++;
            await WaitAsync(first, cancellationToken);
            foreach (var person in people)
            {
                await world.PauseAsync(null, each);
                yield return AudienceMember.Of(person, person.WhatsAppId);
            }
        }

        private async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken)
        {
            var over = new TaskCompletionSource();
            world.After(time, null, () => over.TrySetResult());
            await using (cancellationToken.Register(() => over.TrySetCanceled(cancellationToken)))
            {
                await over.Task;
            }
        }
    }
}
