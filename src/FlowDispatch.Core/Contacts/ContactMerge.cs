namespace FlowDispatch.Contacts;

/// <summary>The one rule by which every store creates and updates contacts from an upsert.</summary>
public static class ContactMerge
{
    /// <summary>A new contact.</summary>
    public static Contact Create(string organizationId, ContactId id, ContactUpsert upsert, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(upsert);
        return new()
        {
            Id = id,
            OrganizationId = organizationId,
            WhatsAppId = upsert.WhatsAppId,
            Name = upsert.Name,
            Email = upsert.Email,
            Language = upsert.Language,
            TimeZone = upsert.TimeZone,
            Tags = upsert.Tags is null ? [] : [.. upsert.Tags.Distinct(StringComparer.Ordinal)],
            CustomFields = upsert.CustomFields ?? FieldValues.None,
            OptedIn = upsert.OptedIn ?? true,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>The known contact with what <paramref name="upsert"/> brings; the same instance when nothing changes.</summary>
    public static Contact Merge(Contact known, ContactUpsert upsert, ContactUpdateMode mode, bool revive, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(upsert);
        var merged = known;
        if (revive && known.DeletedAt is not null)
        {
            merged = merged with { DeletedAt = null };
        }

        if (mode != ContactUpdateMode.None)
        {
            merged = merged with
            {
                Name = Pick(known.Name, upsert.Name, mode),
                Email = Pick(known.Email, upsert.Email, mode),
                Language = Pick(known.Language, upsert.Language, mode),
                TimeZone = Pick(known.TimeZone, upsert.TimeZone, mode),
                Tags = upsert.Tags is null || !upsert.Tags.Except(known.Tags, StringComparer.Ordinal).Any()
                    ? known.Tags
                    : [.. known.Tags.Union(upsert.Tags, StringComparer.Ordinal)],
                CustomFields = MergeFields(known.CustomFields, upsert.CustomFields, mode),
            };
        }

        return merged == known ? known : merged with { UpdatedAt = now };
    }

    private static string? Pick(string? known, string? given, ContactUpdateMode mode) =>
        given is null || (mode == ContactUpdateMode.Fill && !string.IsNullOrEmpty(known)) ? known : given;

    private static IReadOnlyDictionary<string, object?> MergeFields(
        IReadOnlyDictionary<string, object?> known, IReadOnlyDictionary<string, object?>? given, ContactUpdateMode mode)
    {
        if (given is null || given.Count == 0)
        {
            return known;
        }

        Dictionary<string, object?>? merged = null;
        foreach (var (key, value) in given)
        {
            var has = known.TryGetValue(key, out var present) && present is not null;
            if (has && (mode == ContactUpdateMode.Fill || Equals(present, value)))
            {
                continue;
            }

            merged ??= new(known, StringComparer.Ordinal);
            merged[key] = value;
        }

        return merged ?? known;
    }
}
