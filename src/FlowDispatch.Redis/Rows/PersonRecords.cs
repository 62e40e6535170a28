using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;

namespace FlowDispatch.Redis.Rows;

/// <summary>Who the recipients of a chunk are: their records one behind the other, each appended once and never changed.</summary>
internal sealed class PersonRecords
{
    private const byte Named = 1;
    private const byte Zoned = 2;
    private const byte SameKeys = 4;

    private readonly ExecutionHead _execution;
    private readonly int _first;
    private readonly byte[] _bytes;
    private readonly List<Place> _places = new(RowChunk.Size);

    /// <param name="bytes">The records.</param>
    /// <param name="execution">Whose recipients they are.</param>
    /// <param name="first">The ordinal of the first.</param>
    public PersonRecords(byte[] bytes, ExecutionHead execution, int first)
    {
        (_bytes, _execution, _first) = (bytes, execution, first);
        var reader = new RecordReader(bytes);
        Planned? planned = null;
        while (!reader.AtEnd)
        {
            var begin = bytes.Length - reader.Left;
            var flags = Head(ref reader);
            planned = (flags & SameKeys) == 0 ? Planned.Read(ref reader) : planned;
            for (var i = 0; i < planned!.Keys.Length; i++)
            {
                reader.SkipText();
            }

            _places.Add(new(begin, planned));
        }
    }

    public int Count => _places.Count;

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

    /// <summary>A recipient as it was planned.</summary>
    public Recipient Read(int place)
    {
        var (begin, planned) = _places[place];
        var reader = new RecordReader(_bytes.AsSpan(begin));
        var flags = reader.Byte();
        return new()
        {
            Id = _execution.RecipientAt(_first + place),
            ExecutionId = _execution.Id,
            ContactId = new(reader.Id()),
            PhoneNumber = reader.Text(),
            ContactName = (flags & Named) == 0 ? null : reader.Text(),
            TimeZone = (flags & Zoned) == 0 ? null : reader.Text(),
            Variables = Variables(flags, planned.Keys, ref reader),
            CreatedAt = planned.At,
        };
    }

    private static byte Head(ref RecordReader reader)
    {
        var flags = reader.Byte();
        reader.Id();
        for (var texts = 1 + ((flags & Named) == 0 ? 0 : 1) + ((flags & Zoned) == 0 ? 0 : 1); texts > 0; texts--)
        {
            reader.SkipText();
        }

        return flags;
    }

    private static IReadOnlyDictionary<string, string> Variables(byte flags, string[] keys, ref RecordReader reader)
    {
        if ((flags & SameKeys) == 0)
        {
            Planned.Read(ref reader);
        }

        if (keys.Length == 0)
        {
            return Recipient.NoVariables;
        }

        var variables = new Dictionary<string, string>(keys.Length);
        foreach (var key in keys)
        {
            variables[key] = reader.Text();
        }

        return variables;
    }

    private readonly record struct Place(int Begin, Planned Planned);

    /// <summary>What stands once for people planned together.</summary>
    private sealed record Planned(DateTimeOffset At, string[] Keys)
    {
        public static Planned Read(ref RecordReader reader)
        {
            var at = Instant.At(reader.Number());
            var keys = new string[(int)reader.Number()];
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] = reader.Text();
            }

            return new(at, keys);
        }
    }
}
