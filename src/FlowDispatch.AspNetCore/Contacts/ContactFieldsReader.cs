using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Validation;

namespace FlowDispatch.AspNetCore.Contacts;

/// <summary>Reads a contact's fields from a body.</summary>
internal static class ContactFieldsReader
{
    public static ContactFields Read(JsonFields fields)
    {
        fields.RefuseNull("whatsapp_id", "opted_in", "blocked");
        var contact = new ContactFields
        {
            WhatsAppId = fields.Text("whatsapp_id"),
            Name = fields.Text("name"),
            Email = fields.Text("email"),
            Tags = fields.Texts("tags"),
            CustomFields = CustomFields(fields),
            Language = fields.Text("language"),
            TimeZone = fields.Text("time_zone"),
            OptedIn = fields.Flag("opted_in"),
            Blocked = fields.Flag("blocked"),
        };
        fields.RefuseUnknown();
        fields.Errors.ThrowIfAny();
        return contact;
    }

    private static Given<IReadOnlyDictionary<string, object?>?> CustomFields(JsonFields fields)
    {
        var (own, alias) = (fields.FreeForm("custom_fields"), fields.FreeForm("attributes"));
        if (own.IsGiven && alias.IsGiven && !Same(own.Value, alias.Value))
        {
            fields.Refuse("attributes", "is another name for custom_fields; give one of them, or the same in both.");
        }

        Check(fields, "custom_fields", own.Value);
        Check(fields, "attributes", alias.Value);
        var given = own.IsGiven ? own : alias;
        return new(given.IsGiven, given.Value is { } json ? FieldValues.FromJsonObject(json) : null);
    }

    // JSON has no largest number, but what reads it has.
    private static void Check(JsonFields fields, string path, JsonElement? json)
    {
        switch (json)
        {
            case { ValueKind: JsonValueKind.Object } section:
                foreach (var property in section.EnumerateObject())
                {
                    Check(fields, $"{path}.{property.Name}", property.Value);
                }

                break;
            case { ValueKind: JsonValueKind.Array } list:
                foreach (var (at, element) in list.EnumerateArray().Index())
                {
                    Check(fields, $"{path}[{at}]", element);
                }

                break;
            case { ValueKind: JsonValueKind.Number } number when !double.IsFinite(number.GetDouble()):
                var written = number.GetRawText();
                fields.Refuse(path, $"is {(written.Length > 40 ? written[..40] + "…" : written)}, which is beyond the largest number that is kept (1.8e308); give it as a text.");
                break;
        }
    }

    private static bool Same(JsonElement? left, JsonElement? right) =>
        left is { } one && right is { } other ? JsonElement.DeepEquals(one, other) : left is null && right is null;
}
