using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FlowDispatch.Core.Tests.Diagnostics;

public sealed class DispatchHealthCheckTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_store_where_nothing_waits_is_healthy_and_shows_its_figures()
    {
        await using var host = new EngineHost();

        var health = await CheckAsync(host);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal(["ended_leases", "in_doubt", "lag_seconds", "late_executions", "lease_overdue_seconds"], health.Data.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_execution_that_nobody_plans_is_late_after_five_minutes()
    {
        await using var host = new EngineHost();
        await host.BeginAsync(EngineHost.Settings());
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        var before = await CheckAsync(host);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var after = await CheckAsync(host);

        Assert.Equal(HealthStatus.Healthy, before.Status);
        Assert.Equal((HealthStatus.Degraded, "1 executions wait for a node to take them up, the first for 00:05:01."), (after.Status, after.Description));
        Assert.Equal((1, 301.0), (after.Data["late_executions"], after.Data["lag_seconds"]));
    }

    [Fact]
    public async Task People_nobody_takes_up_are_late_but_not_while_their_window_is_closed_or_has_just_opened()
    {
        await using var host = new EngineHost(); // at 12:00
        var window = new ExecutionWindow(new(14, 0), new(18, 0));
        var execution = await PlannedAsync(host, EngineHost.Settings(s => s with { Window = window, ExecutionTimeZone = "UTC" }));
        Assert.Equal(ExecutionStatus.Running, execution.Status);

        var found = new List<(string At, HealthStatus Status)>();
        foreach (var at in new[] { "13:59", "14:04", "14:06", "17:59", "18:01" })
        {
            host.Clock.Advance(TimeOnly.Parse(at, CultureInfo.InvariantCulture).ToTimeSpan() - host.Clock.GetUtcNow().TimeOfDay);
            found.Add((at, (await CheckAsync(host)).Status));
        }

        Assert.Equal(
            [("13:59", HealthStatus.Healthy), ("14:04", HealthStatus.Healthy), ("14:06", HealthStatus.Degraded), ("17:59", HealthStatus.Degraded), ("18:01", HealthStatus.Healthy)],
            found);
    }

    [Fact]
    public async Task Leases_that_nobody_recovers_are_noticed()
    {
        await using var host = new EngineHost();
        var execution = await PlannedAsync(host, EngineHost.Settings());
        await host.Store.Claims.LeaseAsync(execution.Number, "gone", 1, Lease, EngineHost.Cancellation);
        host.Clock.Advance(Lease + TimeSpan.FromMinutes(2));

        var health = await CheckAsync(host);

        Assert.Equal((HealthStatus.Degraded, 1, 120.0), (health.Status, health.Data["ended_leases"], health.Data["lease_overdue_seconds"]));
        Assert.Contains("1 leases have ended and nobody recovers them, the first for 00:02:00.", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_people_in_doubt_than_allowed_are_noticed()
    {
        await using var host = new EngineHost();
        var execution = await PlannedAsync(host, EngineHost.Settings(), people: 3);
        var lease = await host.Store.Claims.LeaseAsync(execution.Number, "gone", 5, Lease, EngineHost.Cancellation);
        var items = await host.Store.Claims.ClaimAsync(lease!, 10, cancellationToken: EngineHost.Cancellation);
        await host.Store.Claims.CommitAsync(lease!, new() { Number = 1, Marks = [.. items.Select(i => i.Recipient.Id.Ordinal)] }, EngineHost.Cancellation);
        await host.Store.Claims.ReleaseAsync(lease!, EngineHost.Cancellation);

        var few = await CheckAsync(host, o => o.MaxInDoubt = 3);
        var many = await CheckAsync(host, o => o.MaxInDoubt = 2);

        Assert.Equal((HealthStatus.Healthy, 3L), (few.Status, few.Data["in_doubt"]));
        Assert.Equal((HealthStatus.Degraded, "3 recipients are in doubt."), (many.Status, many.Description));
    }

    [Theory]
    [InlineData(0, 60, 0, "DispatchHealthOptions.MaxLag is 00:00:00; it must be more than zero.")]
    [InlineData(60, 0, 0, "DispatchHealthOptions.MaxLeaseOverdue is 00:00:00; it must be more than zero.")]
    [InlineData(60, 60, -1, "DispatchHealthOptions.MaxInDoubt is -1; it must be 0 or more.")]
    public void An_option_out_of_range_is_named_with_its_rule(int lag, int overdue, long inDoubt, string failure)
    {
        var options = new FlowDispatchOptions();
        (options.Health.MaxLag, options.Health.MaxLeaseOverdue, options.Health.MaxInDoubt) = (TimeSpan.FromSeconds(lag), TimeSpan.FromSeconds(overdue), inDoubt);

        Assert.Equal([failure], new DispatchHealthOptionsValidator().Validate(null, options).Failures!);
    }

    private static async Task<Execution> PlannedAsync(EngineHost host, AutomationSettings settings, int people = 1)
    {
        var contacts = await host.PeopleAsync(people);
        await host.BeginAsync(settings);
        var plan = await host.Store.Executions.LeasePlanAsync("planner", Lease, EngineHost.Cancellation);
        var batch = new PlanBatch
        {
            Recipients = [.. contacts.Select(c => new PlannedRecipient { ContactId = c.Id, PhoneNumber = c.WhatsAppId })],
            Position = null,
            Finished = true,
            SliceSize = 10,
            At = host.Clock.GetUtcNow(),
        };
        Assert.True(await host.Store.Executions.AppendPlanAsync(plan!, batch, EngineHost.Cancellation));
        return (await host.Store.Executions.FindByNumberAsync(plan!.Execution.Number, EngineHost.Cancellation))!;
    }

    private static Task<HealthCheckResult> CheckAsync(EngineHost host, Action<DispatchHealthOptions>? configure = null)
    {
        var options = new FlowDispatchOptions();
        configure?.Invoke(options.Health);
        var check = new DispatchHealthCheck(host.Store, Options.Create(options));
        var context = new HealthCheckContext { Registration = new(DispatchHealthCheck.Name, check, HealthStatus.Degraded, tags: null) };
        return check.CheckHealthAsync(context, EngineHost.Cancellation);
    }
}
