using FlowDispatch.DependencyInjection;
using FlowDispatch.Flows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<FlowValidator>();
        builder.Services.TryAddSingleton<FlowService>();
        var options = builder.Services.AddOptions<FlowDispatchApiOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return builder;
    }
}
