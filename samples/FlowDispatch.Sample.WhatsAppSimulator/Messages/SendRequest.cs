using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>A message that passed the provider's checks. To a number (<paramref name="WaId"/>) or to a business-scoped user id.</summary>
internal sealed record SendRequest(string Input, string? WaId, string? UserId, string Type, JsonElement Content, string? TemplateName, string? CallbackData)
{
    public bool IsTemplate => TemplateName is not null;
}
