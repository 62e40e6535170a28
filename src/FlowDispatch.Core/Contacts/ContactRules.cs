using System.Text;
using System.Text.RegularExpressions;
using FlowDispatch.Scheduling;
using FlowDispatch.Validation;

namespace FlowDispatch.Contacts;

/// <summary>What the fields of a contact may hold.</summary>
internal sealed partial class ContactRules(PhoneNumberNormalizer numbers)
{
    private const int NameLength = 255;
    private const int EmailLength = 320;
    private const int MostTags = 100;
    private const int TagLength = 100;
    private const int FieldNameLength = 100;
    private const int CustomFieldBytes = 64 * 1024;

    /// <summary>The fields as they are kept: the number normalised, texts trimmed, empty ones null, tags distinct.</summary>
    public ContactFields Check(ContactFields fields, FieldErrors errors) => fields with
    {
        WhatsAppId = fields.WhatsAppId.IsGiven ? new(true, Number(fields.WhatsAppId.Value, errors)) : default,
        Name = Text(fields.Name, "name", NameLength, errors),
        Email = Email(Text(fields.Email, "email", EmailLength, errors), errors),
        Tags = Tags(fields.Tags, errors),
        CustomFields = Fields(fields.CustomFields, errors),
        Language = Language(Text(fields.Language, "language", int.MaxValue, errors), errors),
        TimeZone = Zone(Text(fields.TimeZone, "time_zone", int.MaxValue, errors), errors),
        OptedIn = NotNull(fields.OptedIn, "opted_in", errors),
        Blocked = NotNull(fields.Blocked, "blocked", errors),
    };

    private string? Number(string? text, FieldErrors errors)
    {
        switch (numbers.Normalize(text))
        {
            case PhoneNumberResult.Accepted accepted:
                return accepted.Digits;
            case PhoneNumberResult.Refused refused:
                errors.Add("whatsapp_id", refused.Reason);
                return null;
            default:
                throw new InvalidOperationException("The normalizer answers with one of the cases of PhoneNumberResult.");
        }
    }

    private static Given<string?> Text(Given<string?> field, string path, int most, FieldErrors errors)
    {
        if (field.Value?.Trim() is not { Length: > 0 } text)
        {
            return field with { Value = null };
        }

        if (text.Length > most)
        {
            errors.Add(path, $"has {text.Length:N0} characters; it must have at most {most:N0}.");
        }

        return field with { Value = text };
    }

    private static Given<string?> Email(Given<string?> field, FieldErrors errors)
    {
        // Only what can't be an address at all: whether mail arrives is not for a pattern to say.
        if (field.Value is { } email && !AddressPattern().IsMatch(email))
        {
            errors.Add("email", "is no e-mail address; it must be like ana@example.com.");
        }

        return field;
    }

    private static Given<string?> Language(Given<string?> field, FieldErrors errors)
    {
        if (field.Value is { } language && !LanguageTag.IsValid(language))
        {
            errors.Add("language", "is no language; it must be a BCP 47 tag like pt-BR.");
        }

        return field;
    }

    private static Given<string?> Zone(Given<string?> field, FieldErrors errors)
    {
        if (field.Value is { } zone && LocalTime.FindZone(zone) is not { HasIanaId: true })
        {
            errors.Add("time_zone", "is no time zone; it must be an IANA id like America/Sao_Paulo.");
        }

        return field;
    }

    private static Given<IReadOnlyList<string>?> Tags(Given<IReadOnlyList<string>?> field, FieldErrors errors)
    {
        if (field.Value is not { } given)
        {
            return field;
        }

        var tags = given.Select(t => t.Trim()).ToList();
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i].Length is 0 or > TagLength)
            {
                errors.Add($"tags[{i}]", $"must have from 1 to {TagLength} characters.");
            }
        }

        tags = [.. tags.Distinct(StringComparer.Ordinal)];
        if (tags.Count > MostTags)
        {
            errors.Add("tags", $"has {tags.Count:N0} elements; it must have at most {MostTags}.");
        }

        return new(true, tags);
    }

    private static Given<IReadOnlyDictionary<string, object?>?> Fields(Given<IReadOnlyDictionary<string, object?>?> field, FieldErrors errors)
    {
        if (field.Value is { } values)
        {
            if (values.Keys.Any(k => string.IsNullOrWhiteSpace(k) || k.Length > FieldNameLength))
            {
                errors.Add("custom_fields", $"has a name that is blank or longer than {FieldNameLength} characters.");
            }

            if (Unwritable(values, "custom_fields") is { } path)
            {
                errors.Add(path, "is no number that JSON can hold (infinite, or none at all); give it as a text.");
            }
            else if (Encoding.UTF8.GetByteCount(FieldValues.ToJson(values)) > CustomFieldBytes)
            {
                errors.Add("custom_fields", $"is larger than {CustomFieldBytes:N0} bytes.");
            }
        }

        return field;
    }

    private static string? Unwritable(object? value, string path) => value switch
    {
        double number => double.IsFinite(number) ? null : path,
        IReadOnlyDictionary<string, object?> fields => fields.Select(f => Unwritable(f.Value, $"{path}.{f.Key}")).FirstOrDefault(p => p is not null),
        IEnumerable<object?> items => items.Select((item, at) => Unwritable(item, $"{path}[{at}]")).FirstOrDefault(p => p is not null),
        _ => null,
    };

    private static Given<bool?> NotNull(Given<bool?> field, string path, FieldErrors errors)
    {
        if (field is { IsGiven: true, Value: null } && !errors.Has(path))
        {
            errors.Add(path, "must be true or false.");
        }

        return field;
    }

    [GeneratedRegex(@"^[^\s@]+@[^\s@]+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex AddressPattern();
}
