using FlowDispatch.AspNetCore.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>Answers what no route of the API takes: 405 where the path is known, 404 where it is not.</summary>
internal static class UnknownRoutes
{
    private static readonly ApiRoute Route = new("*", "/{**path}", FlowDispatchRole.Viewer);

    public static void Map(RouteGroupBuilder group) =>
        group.MapFallback(Route.Pattern, context => ApiRouteExtensions.AnswerAsync(context, Route, Refuse));

    private static Task<IResult> Refuse(ApiRequest request)
    {
        var context = request.Context;
        var allowed = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ApiRoute>() is not null
                && new TemplateMatcher(new RouteTemplate(e.RoutePattern), []).TryMatch(context.Request.Path, []))
            .Select(e => e.Metadata.GetMetadata<ApiRoute>()!.Method)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        throw allowed.Count == 0 ? ApiException.NotFound("There is no such route.") : ApiException.MethodNotAllowed(string.Join(", ", allowed));
    }
}
