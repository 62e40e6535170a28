using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;

namespace FlowDispatch.Redis.Contacts;

/// <summary>A contact's bytes: first, as a digit, whether it may be written to, by which the script that writes it knows.</summary>
internal static class ContactRecords
{
    public static byte[] Write(Contact contact)
    {
        var writer = new RecordWriter();
        writer.Byte((byte)('0' + contact.Suppression));
        ReadOnlySpan<string?> texts = [contact.Name, contact.Email, contact.Language, contact.TimeZone, contact.OptReason, contact.OptSource, contact.BlockReason];
        ReadOnlySpan<DateTimeOffset?> instants = [contact.OptChangedAt, contact.BlockChangedAt, contact.DeletedAt];
        var set = (contact.OptedIn ? 1 << 10 : 0) | (contact.Blocked ? 1 << 11 : 0);
        for (var i = 0; i < texts.Length; i++)
        {
            set |= texts[i] is null ? 0 : 1 << i;
        }

        for (var i = 0; i < instants.Length; i++)
        {
            set |= instants[i] is null ? 0 : 1 << (i + texts.Length);
        }

        writer.Number(set);
        writer.Text(contact.WhatsAppId);
        foreach (var text in texts)
        {
            if (text is not null)
            {
                writer.Text(text);
            }
        }

        foreach (var instant in instants)
        {
            if (instant is { } at)
            {
                writer.Number(Instant.Of(at));
            }
        }

        writer.Number(Instant.Of(contact.CreatedAt));
        writer.Number(contact.UpdatedAt.UtcTicks - contact.CreatedAt.UtcTicks);
        writer.Number(contact.Tags.Count);
        foreach (var tag in contact.Tags)
        {
            writer.Text(tag);
        }

        writer.Text(contact.CustomFields.Count == 0 ? "" : FieldValues.ToJson(contact.CustomFields));
        return writer.Take();
    }

    public static Contact Read(string organizationId, ContactId id, ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        reader.Byte();
        var set = reader.Number();
        var number = reader.Text();
        var name = Text(ref reader, 0);
        var email = Text(ref reader, 1);
        var language = Text(ref reader, 2);
        var zone = Text(ref reader, 3);
        var optReason = Text(ref reader, 4);
        var optSource = Text(ref reader, 5);
        var blockReason = Text(ref reader, 6);
        var optChangedAt = At(ref reader, 7);
        var blockChangedAt = At(ref reader, 8);
        var deletedAt = At(ref reader, 9);
        var createdAt = Instant.At(reader.Number());
        var updatedAt = createdAt.AddTicks(reader.Number());
        var tags = new string[(int)reader.Number()];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = reader.Text();
        }

        return new()
        {
            Id = id,
            OrganizationId = organizationId,
            WhatsAppId = number,
            Name = name,
            Email = email,
            Language = language,
            TimeZone = zone,
            Tags = tags,
            CustomFields = FieldValues.Parse(reader.Text()),
            OptedIn = (set & (1 << 10)) != 0,
            OptChangedAt = optChangedAt,
            OptReason = optReason,
            OptSource = optSource,
            Blocked = (set & (1 << 11)) != 0,
            BlockReason = blockReason,
            BlockChangedAt = blockChangedAt,
            DeletedAt = deletedAt,
            CreatedAt = createdAt,
            UpdatedAt = updatedAt,
        };

        string? Text(ref RecordReader from, int place) => (set & (1 << place)) == 0 ? null : from.Text();

        DateTimeOffset? At(ref RecordReader from, int place) => (set & (1 << place)) == 0 ? null : Instant.At(from.Number());
    }
}
