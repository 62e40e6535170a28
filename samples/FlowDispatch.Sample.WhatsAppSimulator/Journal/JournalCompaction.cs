using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>Rewrites a journal: its messages as they are, then a single note of what is settled instead of one for each webhook.</summary>
internal static class JournalCompaction
{
    private const int AllSettled = int.MaxValue; // more than there are: neighbours who are done then share one entry

    public static void Run(string path, Action<MessageHead, JournalPlace, int> found)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var compacted = path + ".compacting";
        using (var old = File.OpenHandle(path))
        using (var target = new FileStream(compacted, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20))
        {
            var end = RandomAccess.GetLength(old);
            var settled = new Dictionary<long, int>();
            foreach (var (place, line) in JournalLines.Read(old, end))
            {
                if (ProgressLine.Is(line.Span))
                {
                    Note(settled, Parse(path, place, line, ProgressLine.Read));
                }
            }

            var notes = new List<Progress>();
            foreach (var (place, line) in JournalLines.Read(old, end))
            {
                if (ProgressLine.Is(line.Span))
                {
                    continue;
                }

                var message = Parse(path, place, line, bytes => JsonSerializer.Deserialize<MessageHead>(bytes, SimulatorJson.Options)!);
                var count = Math.Min(settled.GetValueOrDefault(message.Number), message.Receipts.Count);
                found(message, new JournalPlace(target.Position, line.Length), count);
                Join(notes, message.Number, count == message.Receipts.Count ? AllSettled : count);
                target.Write(line.Span);
                target.WriteByte((byte)'\n');
            }

            target.Write(ProgressLine.Write(notes.Where(note => note.Settled > 0)));
            target.WriteByte((byte)'\n');
            target.Flush(flushToDisk: true); // once a start, so that the old one is never given up for a shorter new one
        }

        File.Move(compacted, path, overwrite: true);
    }

    private static void Note(Dictionary<long, int> settled, IEnumerable<Progress> progress)
    {
        foreach (var (from, to, count) in progress)
        {
            for (var number = from; number <= to; number++)
            {
                settled[number] = Math.Max(count, settled.GetValueOrDefault(number));
            }
        }
    }

    private static void Join(List<Progress> notes, long number, int settled)
    {
        if (notes.Count > 0 && notes[^1] is var last && last.To == number - 1 && last.Settled == settled)
        {
            notes[^1] = last with { To = number };
        }
        else
        {
            notes.Add(new Progress(number, number, settled));
        }
    }

    private static T Parse<T>(string path, JournalPlace place, ReadOnlyMemory<byte> line, Func<ReadOnlySpan<byte>, T> parse)
    {
        try
        {
            return parse(line.Span);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: the line at byte {place.Offset} is not of a journal. Remove the line, or the file to begin afresh.", exception);
        }
    }
}
