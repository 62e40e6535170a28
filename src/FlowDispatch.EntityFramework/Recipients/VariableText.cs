using System.Text.Json;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Recipients;

/// <summary>A recipient's variables as the text of a JSON object.</summary>
internal static class VariableText
{
    public static string Write(IReadOnlyDictionary<string, string> variables) =>
        variables.Count == 0 ? "{}" : JsonSerializer.Serialize(variables, JsonText.Compact);

    public static IReadOnlyDictionary<string, string> Parse(string json) =>
        json == "{}" ? Recipient.NoVariables : JsonSerializer.Deserialize<Dictionary<string, string>>(json, JsonText.Compact)!;
}
