using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;

namespace FlowDispatch.Redis.Rows;

/// <summary>A recipient's history: records one behind the other.</summary>
internal static class HistoryRecords
{
    public static byte[] Write(RecordWriter writer, RecipientEvent note)
    {
        writer.Byte((byte)note.Kind);
        writer.Byte((byte)((note.Code is null ? 0 : 1) | (note.Message is null ? 0 : 2) | (note.ProviderMessageId is null ? 0 : 4)));
        writer.Number(Instant.Of(note.At));
        writer.Number(note.Attempt);
        foreach (var text in (ReadOnlySpan<string?>)[note.Code, note.Message, note.ProviderMessageId])
        {
            if (text is not null)
            {
                writer.Text(text);
            }
        }

        return writer.Take();
    }

    public static IReadOnlyList<RecipientEvent> Read(ReadOnlySpan<byte> bytes)
    {
        var events = new List<RecipientEvent>();
        var reader = new RecordReader(bytes);
        while (!reader.AtEnd)
        {
            var kind = (RecipientEventKind)reader.Byte();
            var set = reader.Byte();
            events.Add(new()
            {
                Kind = kind,
                At = Instant.At(reader.Number()),
                Attempt = (int)reader.Number(),
                Code = (set & 1) == 0 ? null : reader.Text(),
                Message = (set & 2) == 0 ? null : reader.Text(),
                ProviderMessageId = (set & 4) == 0 ? null : reader.Text(),
            });
        }

        return events;
    }
}
