using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.DependencyInjection;

/// <summary>What <c>AddFlowDispatch</c> returns; stores, senders and audiences are added to it.</summary>
/// <param name="services">The host's services.</param>
public sealed class FlowDispatchBuilder(IServiceCollection services)
{
    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; } = services;
}
