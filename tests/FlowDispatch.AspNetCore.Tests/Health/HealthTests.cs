using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

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
    public async Task A_process_whose_store_is_not_sound_is_live_but_not_ready_and_says_why()
    {
        await using var host = await PublicHost.StartAsync();
        host.Store.Problem = "The schema is two versions behind.";

        var live = await host.SendAsync("GET", "/health/live");
        var ready = (await host.SendAsync("GET", "/health/ready")).Expect(HttpStatusCode.ServiceUnavailable);

        live.Expect(HttpStatusCode.OK);
        Assert.Equal(("unhealthy", "The schema is two versions behind."), (ready["status"].GetString(), ready["reason"].GetString()));
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
}
