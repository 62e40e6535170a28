using System.Text.Json;

namespace FlowDispatch.Audiences;

/// <summary>Whose audience is wanted, and from where on.</summary>
/// <param name="OrganizationId">The tenant.</param>
/// <param name="Config">The automation's <c>audience_config</c>.</param>
/// <param name="After">The position of the last member that was stored; null at the beginning.</param>
public sealed record AudienceRequest(string OrganizationId, JsonElement Config, string? After);
