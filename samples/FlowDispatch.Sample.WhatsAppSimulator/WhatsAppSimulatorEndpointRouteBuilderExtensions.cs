using FlowDispatch.Sample.Simulator;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the simulator.</summary>
public static class WhatsAppSimulatorEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the provider's endpoint, <c>/health</c> and the control API under <c>/_simulator</c>. Anybody may call them, whatever the
    /// authorization around them, and they are left out of API descriptions: for loopback and trials only.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="prefix">Put before every path, like <c>/simulator</c>; empty by default.</param>
    /// <returns>All of the endpoints, for conventions of the host.</returns>
    public static IEndpointConventionBuilder MapWhatsAppSimulator(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        var group = endpoints.MapGroup(prefix);
        var messages = endpoints.ServiceProvider.GetRequiredService<MessageEndpoint>();
        var control = endpoints.ServiceProvider.GetRequiredService<ControlEndpoints>();

        // The constraints keep the pattern from taking paths of a host that maps this without a prefix.
        group.MapPost("/{version:regex(^v\\d+\\.\\d+$)}/{phoneNumberId:regex(^\\d+$)}/messages", messages.HandleAsync);
        group.MapPost("/{phoneNumberId:regex(^\\d+$)}/messages", messages.HandleAsync);
        group.MapGet("/health", ControlEndpoints.HealthAsync);
        group.MapGet("/_simulator/behavior", control.BehaviorAsync);
        group.MapPut("/_simulator/behavior", control.ChangeBehaviorAsync);
        group.MapPost("/_simulator/replies", control.ReplyAsync);
        group.MapGet("/_simulator/messages", control.MessagesAsync);
        group.MapGet("/_simulator/stats", control.StatsAsync);
        group.MapDelete("/_simulator", control.ResetAsync);
        return group.AllowAnonymous().ExcludeFromDescription();
    }
}
