using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>Executions take turns: none waits for others to end, whether these are slow, or many, or broken.</summary>
public sealed class TurnTests
{
    [Theory]
    [InlineData(100, null)]
    [InlineData(0, 100)]
    [InlineData(0, null)]
    public async Task One_more_than_a_node_has_places_begins_within_seconds(int priority, int? perHour)
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(2_000);
        await host.StartAsync();
        host.Slow(TimeSpan.FromSeconds(5));
        var long32 = new List<Execution>();
        for (var i = 0; i < 32; i++)
        {
            long32.Add(await host.BeginAsync(EngineHost.Settings(s => s with { RateLimitPerHour = perHour, MaxConcurrentExecutions = 5 })));
        }

        await host.PassAsync(TimeSpan.FromSeconds(15));
        var small = await host.BeginAsync(EngineHost.SettingsFor(people.Take(1), s => s with { Priority = priority }));
        await host.UntilAsync(small, ExecutionStatus.Completed, TimeSpan.FromSeconds(20));

        // Whoever made room is back.
        var before = host.HandedOver.Count;
        await host.PassAsync(TimeSpan.FromMinutes(3));
        Assert.All(long32, e => Assert.Contains(host.HandedOver.Skip(before), h => h.Message.AttemptId.Recipient.ExecutionNumber == e.Number));
    }

    [Fact]
    public async Task What_is_more_urgent_makes_no_room_for_what_is_less()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(500);
        await host.StartAsync(o => o.Node.MaxExecutions = 1);
        host.Slow(TimeSpan.FromSeconds(1));
        var urgent = await host.BeginAsync(EngineHost.Settings(s => s with { Priority = 5, MaxConcurrentExecutions = 5 }));
        await host.PassAsync(TimeSpan.FromSeconds(15));
        var other = await host.BeginAsync(EngineHost.SettingsFor(people.Take(1)));

        await host.UntilAsync(other, ExecutionStatus.Completed, TimeSpan.FromMinutes(3));

        Assert.Equal(ExecutionStatus.Completed, (await host.ReadAsync(urgent)).Status);
    }

    // A test run, a repair, a second start beside a long one: of a paced automation, and of one with few slots.
    [Theory]
    [InlineData(3_600, 50)]
    [InlineData(null, 5)]
    [InlineData(null, 1)]
    public async Task Another_execution_of_the_same_automation_begins_within_seconds(int? perHour, int slots)
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(5_000);
        await host.StartAsync();
        host.Slow(TimeSpan.FromSeconds(1));
        var automation = await AutomationAsync(host, EngineHost.Settings(s => s with { RateLimitPerHour = perHour, MaxConcurrentExecutions = slots }));
        var big = await host.BeginAsync(automation);
        await host.PassAsync(TimeSpan.FromSeconds(15));

        var test = await TestRunAsync(host, automation, people.Take(1));
        await host.UntilAsync(test, ExecutionStatus.Completed, TimeSpan.FromSeconds(30));

        // And the long one has all slots again.
        await host.PassAsync(TimeSpan.FromSeconds(30));
        var before = host.HandedOver.Count;
        await host.PassAsync(TimeSpan.FromSeconds(60));
        Assert.InRange(host.HandedOver.Count - before, 0.9 * Math.Min(slots, (perHour ?? 999_999) / 3_600.0) * 60, 61.0 * slots);
        Assert.Equal(ExecutionStatus.Running, (await host.ReadAsync(big)).Status);
        await host.AssertConsistentAsync(big);
    }

    [Fact]
    public async Task Two_long_executions_of_an_automation_share_its_slots_on_several_nodes_and_lose_no_time()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(2_000);
        await host.StartAsync();
        await host.StartAsync();
        host.Slow(TimeSpan.FromSeconds(1));
        var automation = await AutomationAsync(host, EngineHost.Settings(s => s with { MaxConcurrentExecutions = 10 }));
        var both = new[] { await host.BeginAsync(automation), await host.BeginAsync(automation) };
        await host.PassAsync(TimeSpan.FromSeconds(30));

        var before = host.HandedOver.Count;
        await host.PassAsync(TimeSpan.FromSeconds(100));
        var sent = host.HandedOver.Skip(before).ToLookup(h => h.Message.AttemptId.Recipient.ExecutionNumber);

        Assert.InRange(host.HandedOver.Count - before, 950, 1_010);
        Assert.All(both, e => Assert.InRange(sent[e.Number].Count(), 300, 700));
    }

    [Fact]
    public async Task An_execution_whose_flow_this_node_can_not_compile_holds_nobody_up()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(5);
        await host.StartAsync();
        await host.BeginAsync(EngineHost.Settings(s => s with { Priority = 1 }), EngineHost.Says("{{ name | of_another_version }}"));
        await host.PassAsync(TimeSpan.FromSeconds(2));

        var healthy = await host.BeginAsync(EngineHost.SettingsFor(people.Take(1)));
        await host.UntilAsync(healthy, ExecutionStatus.Completed, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Audiences_that_throw_keep_no_other_from_being_planned_and_say_why_they_wait()
    {
        Moody.Away = true;
        await using var host = new EngineHost { Register = b => b.AddAudience<Moody>("moody") };
        var people = await host.PeopleAsync(5);
        await host.StartAsync();
        var broken = new List<Execution>();
        for (var i = 0; i < 9; i++)
        {
            broken.Add(await host.BeginAsync(EngineHost.Settings(s => s with { AudienceType = "moody" })));
        }

        await host.PassAsync(TimeSpan.FromSeconds(2));
        var healthy = await host.BeginAsync(EngineHost.SettingsFor(people.Take(1)));
        await host.UntilAsync(healthy, ExecutionStatus.Completed, TimeSpan.FromSeconds(30));

        await host.PassAsync(TimeSpan.FromMinutes(1));
        Assert.All(broken, e => Assert.Equal(
            (ExecutionStatus.Running, "The audience moody failed with InvalidOperationException; the log says more. It is asked again until it answers."),
            host.ReadAsync(e).Result is var row ? (row.Status, row.StatusReason) : default));

        Moody.Away = false;
        foreach (var execution in broken)
        {
            await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(2));
            Assert.Null((await host.ReadAsync(execution)).StatusReason);
        }
    }

    private static async Task<Automation> AutomationAsync(EngineHost host, AutomationSettings settings)
    {
        var now = host.Clock.GetUtcNow();
        var automation = new Automation
        {
            Id = AutomationId.New(host.Clock),
            OrganizationId = EngineHost.Organization,
            Status = AutomationStatus.Active,
            Settings = settings,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await host.Store.Automations.CreateAsync(automation, cancellationToken: EngineHost.Cancellation);
        return automation;
    }

    private static async Task<Execution> TestRunAsync(EngineHost host, Automation automation, IEnumerable<Contact> people) => (await host.Store.Executions.CreateAsync(
        new()
        {
            Id = ExecutionId.New(host.Clock),
            OrganizationId = EngineHost.Organization,
            AutomationId = automation.Id,
            Snapshot = new() { Settings = automation.Settings, FlowVersion = 1, FlowNodes = EngineHost.Says("test"), TestMode = true, TestContactIds = [.. people.Select(p => p.Id)] },
            Status = ExecutionStatus.Queued,
            CreatedAt = host.Clock.GetUtcNow(),
        },
        cancellationToken: EngineHost.Cancellation)).Execution!;

    private sealed class Moody(IStore store) : IAudience
    {
        public static bool Away { get; set; }

        public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<AudienceProblem>>([]);

        public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var contact in store.Contacts.StreamAsync(request.OrganizationId, null, cancellationToken))
            {
                yield return Away ? throw new InvalidOperationException("The host's database is away.") : AudienceMember.Of(contact, contact.Id.ToString());
            }
        }
    }
}
