using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>One request of a known caller.</summary>
/// <remarks>
/// A handler first says what it works on: <see cref="Allow"/> on a listing, <see cref="Found{T}"/> for a thing with an id.
/// Too little right is 403, but only for things that the caller's organization has; so the look-up comes first.
/// </remarks>
internal sealed class ApiRequest(HttpContext context, FlowDispatchCaller caller, ApiRoute route)
{
    /// <summary>The HTTP request.</summary>
    public HttpContext Context { get; } = context;

    /// <summary>Who asks.</summary>
    public FlowDispatchCaller Caller { get; } = caller;

    /// <summary>The caller's organization: the only one whose rows the request may touch.</summary>
    public string OrganizationId => Caller.OrganizationId;

    /// <summary>Ends when the caller goes away.</summary>
    public CancellationToken Cancellation => Context.RequestAborted;

    /// <summary>The query's parameters.</summary>
    public QueryReader Query { get; } = new(context.Request.Query);

    /// <summary>Whether the route's role was checked.</summary>
    public bool IsAllowed { get; private set; }

    /// <summary>The path of the API that the request came by, without a slash at its end.</summary>
    public string BasePath
    {
        get
        {
            // A host may have mapped the API within groups of its own, so the prefix is what is left of the route's own part.
            var path = Context.Request.PathBase + Context.Request.Path.Value!.TrimEnd('/');
            var end = path.Length;
            for (var segments = route.Pattern.Count(c => c == '/'); segments > 0; segments--)
            {
                end = path.LastIndexOf('/', end - 1);
            }

            return path[..end];
        }
    }

    /// <summary>A registered service.</summary>
    public T Service<T>()
        where T : notnull => Context.RequestServices.GetRequiredService<T>();

    /// <summary>Goes on only for callers with the route's role.</summary>
    /// <exception cref="ApiException">403.</exception>
    public void Allow()
    {
        IsAllowed = true;
        if (Caller.Role < route.Role)
        {
            throw ApiException.Forbidden(route.Role);
        }
    }

    /// <summary>Goes on only with a thing that was found, and only for callers with the route's role.</summary>
    /// <exception cref="ApiException">404, then 403.</exception>
    public T Found<T>(T? thing)
        where T : class
    {
        IsAllowed = true;
        if (thing is null)
        {
            throw ApiException.NotFound();
        }

        Allow();
        return thing;
    }

    /// <summary>A parameter of the route.</summary>
    public string Route(string name) => (string)Context.GetRouteValue(name)!;

    /// <summary>A UUID of the route.</summary>
    /// <exception cref="ApiException">404: what is no UUID names nothing.</exception>
    public Guid RouteId(string name = "id")
    {
        if (Guid.TryParseExact(Route(name), "D", out var id))
        {
            return id;
        }

        IsAllowed = true;
        throw ApiException.NotFound();
    }

    /// <summary>The JSON body.</summary>
    /// <param name="optional">Whether an empty body stands for an empty object.</param>
    /// <param name="limit">Most bytes.</param>
    public Task<JsonBody> BodyAsync(bool optional = false, int limit = JsonBody.DefaultLimit) =>
        JsonBody.ReadAsync(Context.Request, optional, limit, Cancellation);

    /// <summary>The fields of the JSON body.</summary>
    /// <param name="optional">Whether an empty body stands for an empty object.</param>
    /// <param name="limit">Most bytes.</param>
    public async Task<JsonFields> FieldsAsync(bool optional = false, int limit = JsonBody.DefaultLimit) =>
        new((await BodyAsync(optional, limit).ConfigureAwait(false)).Root, new FieldErrors());
}
