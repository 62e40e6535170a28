using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore;

/// <summary>What a host decides about the HTTP API.</summary>
public sealed class FlowDispatchApiOptions
{
    /// <summary>
    /// Says who a request comes from; null answers 401. Required: without it every call is refused, because FlowDispatch
    /// knows no users of its own. Called once for each request, after the host's own middleware.
    /// </summary>
    public Func<HttpContext, FlowDispatchCaller?> ResolveCaller { get; set; } = static _ => null;
}
