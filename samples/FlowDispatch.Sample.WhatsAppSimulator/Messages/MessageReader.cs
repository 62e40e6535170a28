using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>The provider's checks of the envelope, in its order: the first failure is the answer.</summary>
internal static class MessageReader
{
    private const int TextLength = 4096;
    private const int CallbackDataLength = 512;

    private static readonly HashSet<string> OtherTypes =
        ["image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "interactive"];

    /// <summary>Reads a message; exactly one of the results is set.</summary>
    public static (SendRequest? Request, ProviderError? Error) Read(JsonElement root, string ownNumber)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Refuse(100, "The body must be a JSON object.");
        }

        if (Text(root, "messaging_product") != "whatsapp")
        {
            return Refuse(100, "The parameter messaging_product is required and must be whatsapp.");
        }

        var callbackData = Text(root, "biz_opaque_callback_data");
        if (callbackData?.Length > CallbackDataLength)
        {
            return Refuse(100, $"Param biz_opaque_callback_data must be at most {CallbackDataLength} characters long.");
        }

        var to = Text(root, "to");
        var userId = to is null ? Text(root, "recipient") : null;
        if ((to ?? userId) is not { Length: > 0 } input)
        {
            return Refuse(100, "The parameter to is required.");
        }

        string? waId = null;
        if (to is not null)
        {
            if (WhatsAppNumber.Digits(to) is not { } digits)
            {
                return Refuse(131009, "Parameter to is not a phone number.");
            }

            if (digits == ownNumber)
            {
                return Refuse(131021, null);
            }

            waId = WhatsAppNumber.WaId(digits);
        }

        var type = Text(root, "type") ?? "text";
        root.TryGetProperty(type, out var content);
        string? templateName = null;
        var error = type switch
        {
            "text" => TextError(content),
            "template" => TemplateReader.Check(content, out templateName),
            _ when !OtherTypes.Contains(type) => new ProviderError(100, "Param type is not one of the message types."),
            _ => content.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? null : new ProviderError(131008, $"Parameter {type} is missing."),
        };
        return error is null
            ? (new SendRequest(input, waId, userId, type, content, templateName, callbackData), null)
            : (null, error);
    }

    /// <summary>The string under a name, or null where there is none.</summary>
    public static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ProviderError? TextError(JsonElement text) =>
        text.ValueKind != JsonValueKind.Object || Text(text, "body") is not { Length: > 0 } body
            ? new ProviderError(131008, "Parameter text['body'] is required.")
            : body.Length > TextLength
                ? new ProviderError(100, $"Param text['body'] must be at most {TextLength} characters long.")
                : null;

    private static (SendRequest?, ProviderError?) Refuse(int code, string? details) => (null, new ProviderError(code, details));
}
