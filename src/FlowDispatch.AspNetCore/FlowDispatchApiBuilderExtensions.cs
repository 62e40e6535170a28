using FlowDispatch.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.AspNetCore;

/// <summary>Registers what the HTTP API needs.</summary>
public static class FlowDispatchApiBuilderExtensions
{
    /// <summary>Adds the HTTP API's services; map its routes with <see cref="FlowDispatchApiEndpoints.MapFlowDispatchApi"/>.</summary>
    /// <param name="builder">What <c>AddFlowDispatch</c> returned.</param>
    /// <param name="configure">At least <see cref="FlowDispatchApiOptions.ResolveCaller"/> is to be set. May be called again; later calls add to earlier ones.</param>
    public static FlowDispatchBuilder AddFlowDispatchApi(this FlowDispatchBuilder builder, Action<FlowDispatchApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddRouting();
        builder.AddFlowDispatchHealth();
        var options = builder.Services.AddOptions<FlowDispatchApiOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return builder;
    }
}
