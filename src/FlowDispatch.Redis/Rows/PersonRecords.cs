using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;

namespace FlowDispatch.Redis.Rows;

/// <summary>Who the recipients of a chunk are: their records one behind the other, each appended once and never changed.</summary>
internal static class PersonRecords
{
    private const byte Named = 1;
    private const byte Zoned = 2;
    private const byte SameKeys = 4;

    /// <summary>Writes a record behind <paramref name="previous"/>, which is null for the first one of an append.</summary>
    public static void Write(RecordWriter writer, Recipient row, Recipient? previous)
    {
        var same = previous is not null && previous.Variables.Count == row.Variables.Count && previous.Variables.Keys.SequenceEqual(row.Variables.Keys, StringComparer.Ordinal);
        writer.Byte((byte)((row.ContactName is null ? 0 : Named) | (row.TimeZone is null ? 0 : Zoned) | (same ? SameKeys : 0)));
        writer.Id(row.ContactId.Value);
        writer.Text(row.PhoneNumber);
        if (row.ContactName is { } name)
        {
            writer.Text(name);
        }

        if (row.TimeZone is { } zone)
        {
            writer.Text(zone);
        }

        // Of people planned together the names of variables and the instant are the same: they stand once.
        if (!same)
        {
            writer.Number(Instant.Of(row.CreatedAt));
            writer.Number(row.Variables.Count);
            foreach (var key in row.Variables.Keys)
            {
                writer.Text(key);
            }
        }

        foreach (var value in row.Variables.Values)
        {
            writer.Text(value);
        }
    }

    /// <summary>The rows of a chunk as they were planned, beginning at <paramref name="first"/>.</summary>
    public static List<Recipient> Read(ReadOnlySpan<byte> bytes, ExecutionHead execution, int first)
    {
        var rows = new List<Recipient>(RowChunk.Size);
        var reader = new RecordReader(bytes);
        string[] keys = [];
        var createdAt = default(DateTimeOffset);
        while (!reader.AtEnd)
        {
            var flags = reader.Byte();
            var contact = reader.Id();
            var number = reader.Text();
            var name = (flags & Named) == 0 ? null : reader.Text();
            var zone = (flags & Zoned) == 0 ? null : reader.Text();
            if ((flags & SameKeys) == 0)
            {
                createdAt = Instant.At(reader.Number());
                keys = new string[(int)reader.Number()];
                for (var i = 0; i < keys.Length; i++)
                {
                    keys[i] = reader.Text();
                }
            }

            var variables = keys.Length == 0 ? Recipient.NoVariables : Variables(keys, ref reader);
            rows.Add(new()
            {
                Id = execution.RecipientAt(first + rows.Count),
                ExecutionId = execution.Id,
                ContactId = new(contact),
                PhoneNumber = number,
                ContactName = name,
                TimeZone = zone,
                Variables = variables,
                CreatedAt = createdAt,
            });
        }

        return rows;
    }

    private static Dictionary<string, string> Variables(string[] keys, ref RecordReader reader)
    {
        var variables = new Dictionary<string, string>(keys.Length);
        foreach (var key in keys)
        {
            variables[key] = reader.Text();
        }

        return variables;
    }
}
