using System.Diagnostics;
using FlowDispatch.AspNetCore.Diagnostics;
using FlowDispatch.AspNetCore.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>Maps handlers so that every error becomes a problem document and no handler runs for an unknown caller.</summary>
internal static class ApiRouteExtensions
{
    /// <summary>Maps a route for callers with at least <paramref name="role"/>.</summary>
    /// <param name="group">The API's group.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="pattern">Begins with a slash, below the API's prefix.</param>
    /// <param name="role">The least role; the handler checks it with <see cref="ApiRequest.Allow"/> or <see cref="ApiRequest.Found{T}"/>.</param>
    /// <param name="handle">Answers the request.</param>
    /// <param name="answers">The statuses that it answers when it succeeds; 200 unless said otherwise, and 204 for DELETE.</param>
    public static IEndpointConventionBuilder MapApi(
        this RouteGroupBuilder group, string method, string pattern, FlowDispatchRole role, Func<ApiRequest, Task<IResult>> handle, params int[] answers)
    {
        var route = new ApiRoute(method, pattern, role);
        return group.MapMethods(pattern, [method], context => AnswerAsync(context, route, handle)).WithMetadata(route).Describe(route, answers);
    }

    /// <summary>Maps a route that needs no caller: webhooks that prove themselves otherwise, and health.</summary>
    public static IEndpointConventionBuilder MapPublic(
        this IEndpointRouteBuilder endpoints, string method, string pattern, Func<HttpContext, Task<IResult>> handle) =>
        endpoints.MapMethods(pattern, [method], context => AnswerAsync(context, handle))
            .WithMetadata(new ApiRoute(method, pattern, FlowDispatchRole.Viewer));

    internal static Task AnswerAsync(HttpContext context, ApiRoute route, Func<ApiRequest, Task<IResult>> handle) => GuardAsync(context, async () =>
    {
        var options = context.RequestServices.GetRequiredService<IOptions<FlowDispatchApiOptions>>().Value;
        var caller = options.ResolveCaller(context) ?? throw ApiException.Unauthorized();
        var request = new ApiRequest(context, caller, route);
        var result = await handle(request).ConfigureAwait(false);
        return request.IsAllowed
            ? result
            : throw new InvalidOperationException($"The handler of {route.Method} {route.Pattern} never checked the caller's role.");
    });

    private static Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> handle) => GuardAsync(context, () => handle(context));

    private static async Task GuardAsync(HttpContext context, Func<Task<IResult>> answer)
    {
        try
        {
            var result = await answer().ConfigureAwait(false);
            await result.ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
#pragma warning disable CA1031 // Whatever a handler throws, the caller gets a problem document, and never the exception's text.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
        }
    }

    private static async Task RefuseAsync(HttpContext context, Exception error)
    {
        var problem = ProblemDocument.Of(error);
        if (problem is null)
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("FlowDispatch.AspNetCore");
            problem = Tell(logger, context, error);
        }

        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        await problem.WriteAsync(context).ConfigureAwait(false);
    }

    // What nobody expected is told to the log alone; a store out of reach is to be asked again.
    private static ProblemDocument Tell(ILogger logger, HttpContext context, Exception error)
    {
        var route = context.GetEndpoint()?.DisplayName ?? "";
        if (StoreOutage.Is(error))
        {
            Log.StoreOutOfReach(logger, error, context.Request.Method, route);
            return ProblemDocument.Unavailable();
        }

        var traceId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
        Log.RequestFailed(logger, error, context.Request.Method, route, traceId);
        return ProblemDocument.Unexpected(traceId);
    }
}
