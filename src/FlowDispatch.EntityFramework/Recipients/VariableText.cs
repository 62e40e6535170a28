using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Recipients;

/// <summary>A recipient's variables as the text of a JSON object.</summary>
internal static class VariableText
{
    public static string Write(IReadOnlyDictionary<string, string> variables) =>
        variables.Count == 0 ? "{}" : JsonSerializer.Serialize(variables, JsonText.Compact);

    public static IReadOnlyDictionary<string, string> Read(string json) => json == "{}" ? Recipient.NoVariables : new StoredVariables(json);

    public static Dictionary<string, string> Parse(string json) =>
        Plain(json) ?? JsonSerializer.Deserialize<Dictionary<string, string>>(json, JsonText.Compact)!;

    // As we write it, where no text needs an escape; null for all else. A claim reads nearly nothing but these.
    private static Dictionary<string, string>? Plain(string json)
    {
        var variables = new Dictionary<string, string>(8);
        var rest = json.AsSpan();
        var next = '{';
        while (rest.Length > 0 && rest[0] == next)
        {
            rest = rest[1..];
            if (!TryText(ref rest, out var name) || rest is not [':', ..])
            {
                return null;
            }

            rest = rest[1..];
            if (!TryText(ref rest, out var value))
            {
                return null;
            }

            variables[name] = value;
            next = ',';
        }

        return rest is ['}'] ? variables : null;
    }

    private static bool TryText(ref ReadOnlySpan<char> rest, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (rest is not ['"', ..] || rest[1..].IndexOfAny('"', '\\') is var end && (end < 0 || rest[end + 1] == '\\'))
        {
            return false;
        }

        text = new(rest.Slice(1, end));
        rest = rest[(end + 2)..];
        return true;
    }
}
