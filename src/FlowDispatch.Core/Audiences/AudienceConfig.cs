using System.Text.Json;

namespace FlowDispatch.Audiences;

/// <summary>What the built-in audiences share in reading their settings.</summary>
internal static class AudienceConfig
{
    public static IReadOnlyList<AudienceProblem> RefuseUnknown(JsonElement config, string type, params ReadOnlySpan<string> known)
    {
        var problems = new List<AudienceProblem>();
        if (config.ValueKind != JsonValueKind.Object)
        {
            return [new("", "must be a JSON object.")];
        }

        foreach (var property in config.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                problems.Add(new(property.Name, known.Length == 0
                    ? $"is unknown: an audience of type {type} takes no settings."
                    : $"is unknown: an audience of type {type} takes only {string.Join(", ", known.ToArray())}."));
            }
        }

        return problems;
    }
}
