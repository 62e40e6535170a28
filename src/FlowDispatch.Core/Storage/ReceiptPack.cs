using System.Buffers;
using System.Text;
using FlowDispatch.Tracking;

namespace FlowDispatch.Storage;

/// <summary>Many receipts that came in together, as the one record that a store keeps of them until they are settled.</summary>
/// <remarks>
/// Providers report in batches, and nearly always all of a batch is settled at once: to keep a row for each costs more than
/// settling it. A store takes a pack away once all its entries are consumed; where some are not, or are put off, it keeps
/// those as entries of their own, with the ids they had, and the pack is gone. Replies are never packed: they are a
/// person's words, and can be asked to be forgotten.
/// </remarks>
public static class ReceiptPack
{
    /// <summary>Fewer than these that come in together are entries of their own.</summary>
    public const int Fewest = 16;

    /// <summary>A pack holds at most these.</summary>
    public const int Most = 1_000;

    // Places within a pack; more than there can be, so that a pack's ids never meet another's.
    private const int PlaceBits = 10;
    private const byte Version = 1;

    [Flags]
    private enum Has : byte
    {
        Nothing = 0,
        Attempt = 1,
        ErrorCode = 2,
        ErrorMessage = 4,
        RetryAfter = 8,
        IsTransient = 16,
        IsAnswer = 32,
    }

    /// <summary>Parts what came in together into what is kept one by one and what is kept in packs, each in its order.</summary>
    public static (IReadOnlyList<InboundEvent> Single, IReadOnlyList<InboundEvent.Receipt[]> Packs) Split(IReadOnlyList<InboundEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var receipts = events.OfType<InboundEvent.Receipt>().ToList();
        return receipts.Count < Fewest ? (events, []) : ([.. events.Where(e => e is not InboundEvent.Receipt)], [.. receipts.Chunk(Most)]);
    }

    /// <summary>The id of an entry of a pack: below 0, so that it is none that a store gives to entries of their own.</summary>
    /// <param name="number">The pack's number, from 1.</param>
    /// <param name="place">The entry's place in it, from 0.</param>
    public static long IdAt(long number, int place) => long.MinValue + (number << PlaceBits) + place;

    /// <summary>Whether the entry came in a pack. It may be an entry of its own by now.</summary>
    public static bool IsPacked(long id) => id < 0;

    /// <summary>The number of the pack in which an entry came.</summary>
    public static long NumberOf(long id) => (id - long.MinValue) >> PlaceBits;

    /// <summary>Writes a pack's receipts: each as far as it differs from the one before it.</summary>
    public static byte[] Write(IReadOnlyList<InboundEvent.Receipt> receipts)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        var writer = new Writer(128 * receipts.Count);
        writer.Byte(Version);
        writer.Number(receipts.Count);
        foreach (var receipt in receipts)
        {
            writer.Byte((byte)(Presence(receipt.AttemptId, Has.Attempt) | Presence(receipt.ErrorCode, Has.ErrorCode)
                | Presence(receipt.ErrorMessage, Has.ErrorMessage) | Presence(receipt.RetryAfter, Has.RetryAfter)
                | (receipt.IsTransient ? Has.IsTransient : Has.Nothing) | (receipt.IsAnswer ? Has.IsAnswer : Has.Nothing)));
            writer.Number((long)receipt.Status);
            writer.Instant(receipt.At);
            writer.Text(Column.Channel, receipt.ChannelId);
            writer.Text(Column.Message, receipt.ProviderMessageId);
            writer.Text(Column.Attempt, receipt.AttemptId);
            writer.Text(Column.ErrorCode, receipt.ErrorCode);
            writer.Text(Column.ErrorMessage, receipt.ErrorMessage);
            if (receipt.RetryAfter is { } wait)
            {
                writer.Number(wait.Ticks);
            }
        }

        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static IReadOnlyList<InboundEvent.Receipt> Read(ReadOnlySpan<byte> pack)
    {
        var reader = new Reader(pack);
        if (reader.Byte() != Version)
        {
            throw new InvalidDataException($"A pack of receipts begins with {pack[0]}; this version reads those that begin with {Version}.");
        }

        var receipts = new InboundEvent.Receipt[reader.Count(Most)];
        for (var i = 0; i < receipts.Length; i++)
        {
            var has = (Has)reader.Byte();
            receipts[i] = new()
            {
                Status = (ReceiptStatus)reader.Number(),
                At = reader.Instant(),
                ChannelId = reader.Text(Column.Channel),
                ProviderMessageId = reader.Text(Column.Message),
                AttemptId = has.HasFlag(Has.Attempt) ? reader.Text(Column.Attempt) : null,
                ErrorCode = has.HasFlag(Has.ErrorCode) ? reader.Text(Column.ErrorCode) : null,
                ErrorMessage = has.HasFlag(Has.ErrorMessage) ? reader.Text(Column.ErrorMessage) : null,
                RetryAfter = has.HasFlag(Has.RetryAfter) ? new TimeSpan(reader.Number()) : null,
                IsTransient = has.HasFlag(Has.IsTransient),
                IsAnswer = has.HasFlag(Has.IsAnswer),
            };
        }

        return receipts;
    }

    /// <summary>The entries of a pack, in their order.</summary>
    /// <param name="number">The pack's number.</param>
    /// <param name="receivedAt">When it came in.</param>
    /// <param name="pack">What <see cref="Write"/> wrote.</param>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static IReadOnlyList<InboxEntry> Entries(long number, DateTimeOffset receivedAt, ReadOnlySpan<byte> pack)
    {
        var receipts = Read(pack);
        var entries = new InboxEntry[receipts.Count];
        for (var place = 0; place < entries.Length; place++)
        {
            entries[place] = new(IdAt(number, place), receipts[place], receivedAt, 0);
        }

        return entries;
    }

    /// <summary>The oldest of what is kept one by one and what is kept in packs, at most <paramref name="limit"/>; a pack as a whole, unless it alone is too large.</summary>
    /// <param name="singles">With when they are due, in that order.</param>
    /// <param name="packs">Due when they came in, in that order.</param>
    /// <param name="limit">At least 1.</param>
    public static IReadOnlyList<InboxEntry> Oldest(
        IReadOnlyList<(DateTimeOffset DueAt, InboxEntry Entry)> singles, IReadOnlyList<IReadOnlyList<InboxEntry>> packs, int limit)
    {
        ArgumentNullException.ThrowIfNull(singles);
        ArgumentNullException.ThrowIfNull(packs);
        var oldest = new List<InboxEntry>();
        var next = 0;
        foreach (var pack in packs)
        {
            for (; next < singles.Count && oldest.Count < limit && singles[next].DueAt <= pack[0].ReceivedAt; next++)
            {
                oldest.Add(singles[next].Entry);
            }

            if (pack.Count > limit - oldest.Count)
            {
                return oldest.Count > 0 ? oldest : [.. pack.Take(limit)];
            }

            oldest.AddRange(pack);
        }

        oldest.AddRange(singles.Skip(next).Take(limit - oldest.Count).Select(s => s.Entry));
        return oldest;
    }

    private static Has Presence(object? value, Has flag) => value is null ? Has.Nothing : flag;

    private enum Column
    {
        Channel,
        Message,
        Attempt,
        ErrorCode,
        ErrorMessage,
    }

    private sealed class Writer(int capacity)
    {
        private readonly ArrayBufferWriter<byte> _buffer = new(Math.Max(capacity, 256));
        private readonly byte[][] _last = [[], [], [], [], []];
        private long _lastTicks;

        public void Byte(byte value)
        {
            _buffer.GetSpan(1)[0] = value;
            _buffer.Advance(1);
        }

        public void Number(long value)
        {
            var span = _buffer.GetSpan(10);
            var count = 0;
            var rest = (ulong)((value << 1) ^ (value >> 63));
            for (; rest >= 0x80; rest >>= 7)
            {
                span[count++] = (byte)(rest | 0x80);
            }

            span[count++] = (byte)rest;
            _buffer.Advance(count);
        }

        public void Instant(DateTimeOffset at)
        {
            Number(at.UtcTicks - _lastTicks);
            _lastTicks = at.UtcTicks;
        }

        public void Text(Column column, string? text)
        {
            if (text is null)
            {
                return;
            }

            var bytes = Encoding.UTF8.GetBytes(text);
            var shared = bytes.AsSpan().CommonPrefixLength(_last[(int)column]);
            Number(shared);
            Number(bytes.Length - shared);
            _buffer.Write(bytes.AsSpan(shared));
            _last[(int)column] = bytes;
        }

        public byte[] ToArray() => _buffer.WrittenSpan.ToArray();
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly string[] _lastText = ["", "", "", "", ""];
        private readonly byte[][] _last = [[], [], [], [], []];
        private ReadOnlySpan<byte> _rest = bytes;
        private long _lastTicks;

        public byte Byte() => Take(1)[0];

        public int Count(int most) => Number() is var count && count >= 0 && count <= most ? (int)count : throw Broken();

        public long Number()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var part = Byte();
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return (long)(value >> 1) ^ -(long)(value & 1);
                }
            }

            throw Broken();
        }

        public DateTimeOffset Instant()
        {
            _lastTicks += Number();
            return _lastTicks >= 0 && _lastTicks <= DateTimeOffset.MaxValue.UtcTicks ? new(_lastTicks, TimeSpan.Zero) : throw Broken();
        }

        public string Text(Column column)
        {
            ref var last = ref _last[(int)column];
            var shared = Count(last.Length);
            var differing = Take(Count(_rest.Length));
            if (shared == last.Length && differing.IsEmpty)
            {
                return _lastText[(int)column];
            }

            last = [.. last.AsSpan(0, shared), .. differing];
            return _lastText[(int)column] = Encoding.UTF8.GetString(last);
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length)
            {
                throw Broken();
            }

            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        private static InvalidDataException Broken() => new("A pack of receipts ends before it is whole, or holds a number that can't be.");
    }
}
