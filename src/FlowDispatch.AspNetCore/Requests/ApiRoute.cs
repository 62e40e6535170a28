namespace FlowDispatch.AspNetCore.Requests;

/// <summary>A route of the API; also the mark by which its endpoints are known.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The pattern below the API's prefix, beginning with a slash.</param>
/// <param name="Role">The least role that may call it.</param>
internal sealed record ApiRoute(string Method, string Pattern, FlowDispatchRole Role);
