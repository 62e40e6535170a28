using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.AspNetCore.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_process_whose_store_is_sound_is_live_and_ready()
    {
        await using var host = await PublicHost.StartAsync();

        var live = (await host.SendAsync("GET", "/health/live")).Expect(HttpStatusCode.OK);
        var ready = (await host.SendAsync("GET", "/health/ready")).Expect(HttpStatusCode.OK);

        Assert.Equal("""{"status":"healthy"}""", live.Text);
        Assert.Equal("""{"status":"healthy"}""", ready.Text);
    }

    [Fact]
    public async Task A_process_whose_store_is_not_sound_is_live_but_not_ready_and_tells_the_details_to_the_log_alone()
    {
        using var logs = new CapturedLogs();
        await using var host = await PublicHost.StartAsync(b => b.Logging.AddProvider(logs));
        host.Store.Problem = "The database can't be read: Failed to connect to 10.0.0.7:5432";

        var live = await host.SendAsync("GET", "/health/live");
        var ready = (await host.SendAsync("GET", "/health/ready")).Expect(HttpStatusCode.ServiceUnavailable);

        live.Expect(HttpStatusCode.OK);
        Assert.Equal(
            ("unhealthy", "The store (Served) is out of reach or not as this version needs it; the log has more."),
            (ready["status"].GetString(), ready["reason"].GetString()));
        Assert.Contains(logs.Lines, l => l.Contains("10.0.0.7:5432", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_throws_makes_the_process_unready_without_telling_its_secrets()
    {
        await using var host = await PublicHost.StartAsync();
        host.Store.Down = true;

        var ready = (await host.SendAsync("GET", "/health/ready")).Expect(HttpStatusCode.ServiceUnavailable);

        Assert.DoesNotContain("secret", ready.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hosts_own_check_counts_for_readiness()
    {
        await using var host = await PublicHost.StartAsync(b =>
            b.Services.AddHealthChecks().AddCheck("own", () => HealthCheckResult.Unhealthy("The licence has ended."), ["ready"]));

        (await host.SendAsync("GET", "/health/live")).Expect(HttpStatusCode.OK);
        Assert.Equal("The licence has ended.", (await host.SendAsync("GET", "/health/ready")).Expect(HttpStatusCode.ServiceUnavailable)["reason"].GetString());
    }

    [Fact]
    public async Task Dispatching_that_is_behind_is_told_to_whoever_asks_but_takes_nobody_out_of_service()
    {
        await using var host = new ApiHost();
        await host.InitializeAsync();
        await host.StartedAsync(host.Fresh(), "Ana");
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        var checks = host.Service<HealthCheckService>();

        var dispatch = (await checks.CheckHealthAsync(c => c.Tags.Contains("dispatch"), TestContext.Current.CancellationToken)).Entries["flowdispatch.dispatch"];
        var ready = await checks.CheckHealthAsync(c => c.Tags.Contains("ready"), TestContext.Current.CancellationToken);

        Assert.Equal((HealthStatus.Degraded, 600.0), (dispatch.Status, dispatch.Data["lag_seconds"]));
        Assert.Equal("1 executions wait for a node to take them up, the first for 00:10:00.", dispatch.Description);
        Assert.Equal(("flowdispatch.store", HealthStatus.Healthy), (Assert.Single(ready.Entries).Key, ready.Status));
    }
}
