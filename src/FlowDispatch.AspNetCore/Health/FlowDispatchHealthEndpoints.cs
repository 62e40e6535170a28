using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FlowDispatch.AspNetCore;

/// <summary>Adds and maps health checks.</summary>
public static class FlowDispatchHealthEndpoints
{
    private const string Ready = "ready";
    private const string Dispatch = "dispatch";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds <see cref="StoreHealthCheck"/> with the tag <c>ready</c> and <see cref="DispatchHealthCheck"/> with the tag <c>dispatch</c>, which is
    /// degraded at worst; <see cref="FlowDispatchApiBuilderExtensions.AddFlowDispatchApi"/> does it, too. Each is asked for at most 5 seconds.
    /// </summary>
    /// <remarks>Only the first decides about <c>/health/ready</c>. A host maps the other where it wants it, by its tag or name.</remarks>
    /// <param name="builder">What <c>AddFlowDispatch</c> returned.</param>
    public static FlowDispatchBuilder AddFlowDispatchHealth(this FlowDispatchBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks();
        builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            Add<StoreHealthCheck>(StoreHealthCheck.Name, HealthStatus.Unhealthy, Ready);
            Add<DispatchHealthCheck>(DispatchHealthCheck.Name, HealthStatus.Degraded, Dispatch);

            void Add<TCheck>(string name, HealthStatus worst, string tag)
                where TCheck : class, IHealthCheck
            {
                if (options.Registrations.All(r => r.Name != name))
                {
                    options.Registrations.Add(new(name, ActivatorUtilities.GetServiceOrCreateInstance<TCheck>, worst, [tag], Patience));
                }
            }
        });
        return builder;
    }

    /// <summary>
    /// Maps <c>/health/live</c>, which is 200 while the process answers at all, and <c>/health/ready</c>, which is 200 while every
    /// check with the tag <c>ready</c> (the host's own included) is healthy or degraded, and 503 otherwise. Both are JSON with
    /// <c>status</c> and, where it is not healthy, <c>reason</c>. No caller is asked for.
    /// </summary>
    /// <param name="endpoints">The host's routes, at its root.</param>
    /// <returns>The group, for the host's own conventions.</returns>
    public static RouteGroupBuilder MapFlowDispatchHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("/health");
        group.MapHealthChecks("/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync });
        group.MapHealthChecks("/ready", new() { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
        return group;
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var reasons = report.Entries.Values.Where(e => e.Status != HealthStatus.Healthy).Select(e => e.Description ?? "A check failed.");
        var answer = new HealthAnswer(JsonText.Word(report.Status), report.Status == HealthStatus.Healthy ? null : string.Join(' ', reasons));
        return ApiJson.WriteAsync(context, context.Response.StatusCode, ApiJson.Serialize(answer, ApiJson.WithoutNulls));
    }

    private sealed record HealthAnswer(string Status, string? Reason);
}
