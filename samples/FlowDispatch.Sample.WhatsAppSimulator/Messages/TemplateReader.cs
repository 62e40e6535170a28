using System.Text.Json;
using System.Text.RegularExpressions;

namespace FlowDispatch.Sample.Simulator;

/// <summary>
/// The provider's checks of a template. Which templates exist it does not know: every well-formed name does, in every
/// well-formed language, with as many variables as are sent.
/// </summary>
internal static partial class TemplateReader
{
    private const int BodyLength = 1024;
    private const int HeaderLength = 60;

    public static ProviderError? Check(JsonElement template, out string? name)
    {
        name = null;
        if (template.ValueKind != JsonValueKind.Object || MessageReader.Text(template, "name") is not { Length: > 0 } given)
        {
            return new ProviderError(131008, "Parameter template['name'] is required.");
        }

        if (!template.TryGetProperty("language", out var language) || language.ValueKind != JsonValueKind.Object
            || MessageReader.Text(language, "code") is not { Length: > 0 } code)
        {
            return new ProviderError(131008, "Parameter template['language']['code'] is required.");
        }

        if (!Name().IsMatch(given) || !Language().IsMatch(code))
        {
            return new ProviderError(132001, $"template name ({given}) does not exist in {code}");
        }

        name = given;
        if (!template.TryGetProperty("components", out var components) || components.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return components.ValueKind == JsonValueKind.Array
            ? FirstError(components, CheckComponent)
            : new ProviderError(100, "Param template['components'] must be an array.");
    }

    private static ProviderError? CheckComponent(JsonElement component)
    {
        var type = component.ValueKind == JsonValueKind.Object ? MessageReader.Text(component, "type")?.ToLowerInvariant() : null;
        switch (type)
        {
            case "carousel":
            case "limited_time_offer":
                return null;
            case "header" or "body":
                break;
            case "button" when MessageReader.Text(component, "sub_type") is null || !component.TryGetProperty("index", out _):
                return new ProviderError(131008, "A button component needs sub_type and index.");
            case "button":
                break;
            default:
                return new ProviderError(100, "Param template['components'][…]['type'] is not one of the component types.");
        }

        if (!component.TryGetProperty("parameters", out var parameters))
        {
            return null;
        }

        if (parameters.ValueKind != JsonValueKind.Array)
        {
            return new ProviderError(100, $"{type}: parameters must be an array.");
        }

        var texts = parameters.EnumerateArray().Where(IsText).ToList();
        var named = texts.Count(text => text.TryGetProperty("parameter_name", out _));
        if (texts.Exists(text => text.TryGetProperty("parameter_name", out _) && string.IsNullOrEmpty(MessageReader.Text(text, "parameter_name")))
            || (named > 0 && named < texts.Count))
        {
            return new ProviderError(100, "Parameter name is missing or empty");
        }

        return FirstError(parameters, parameter => CheckParameter(type, parameter));
    }

    private static ProviderError? CheckParameter(string component, JsonElement parameter)
    {
        if (parameter.ValueKind != JsonValueKind.Object || MessageReader.Text(parameter, "type") is not { } type)
        {
            return new ProviderError(131008, $"{component}: a parameter has no type.");
        }

        if (type != "text")
        {
            return parameter.TryGetProperty(type, out _) || component == "button"
                ? null
                : new ProviderError(131008, $"{component}: the value of a parameter of type {type} is missing.");
        }

        return MessageReader.Text(parameter, "text") is not { Length: > 0 } text
                ? new ProviderError(131008, $"{component}: the text value of a parameter is missing.")
            : text.AsSpan().ContainsAny('\n', '\r', '\t') || text.Contains("     ", StringComparison.Ordinal)
                ? new ProviderError(132018, $"{component}: a parameter's text cannot have new lines, tabs or more than four spaces in a row.")
            : text.Length > (component == "header" ? HeaderLength : BodyLength) && component != "button"
                ? new ProviderError(132005, $"{component}: the translated text is too long.")
            : null;
    }

    private static bool IsText(JsonElement parameter) =>
        parameter.ValueKind == JsonValueKind.Object && MessageReader.Text(parameter, "type") == "text";

    private static ProviderError? FirstError(JsonElement items, Func<JsonElement, ProviderError?> check)
    {
        foreach (var item in items.EnumerateArray())
        {
            if (check(item) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    [GeneratedRegex("^[a-z0-9_]{1,512}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex("^[a-z]{2,3}(?:_[A-Za-z]{2,4})?\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Language();
}
