using FlowDispatch.AspNetCore.Automations;
using FlowDispatch.AspNetCore.Channels;
using FlowDispatch.AspNetCore.Contacts;
using FlowDispatch.AspNetCore.Executions;
using FlowDispatch.AspNetCore.Flows;
using FlowDispatch.AspNetCore.Recipients;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.AspNetCore.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore;

/// <summary>Maps the HTTP API.</summary>
public static class FlowDispatchApiEndpoints
{
    /// <summary>Maps every route of the API under <paramref name="prefix"/>, unknown ones included: they answer 404 as problem documents.</summary>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="prefix">Begins with a slash and does not end with one. Default <c>/api/v1</c>.</param>
    /// <returns>The group, for the host's own conventions (rate limiting, CORS, authorization).</returns>
    public static RouteGroupBuilder MapFlowDispatchApi(this IEndpointRouteBuilder endpoints, string prefix = "/api/v1")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var group = endpoints.MapGroup(prefix);
        group.MapContacts();
        group.MapUploads();
        group.MapFlows();
        group.MapAutomations();
        group.MapExecutions();
        group.MapRecipients();
        group.MapChannels();
        UnknownRoutes.Map(group);
        return group;
    }
}
