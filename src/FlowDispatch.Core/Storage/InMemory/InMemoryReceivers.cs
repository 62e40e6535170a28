using FlowDispatch.Recipients;
using FlowDispatch.Tracking;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryReceivers(Tables tables) : IReceiverStore
{
    private readonly Dictionary<string, ReceiverStretch> _stretches = [];
    private readonly Dictionary<string, SortedDictionary<DateTimeOffset, DateTimeOffset>> _notes = [];

    public Task<bool> BeatAsync(string stretch, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var now = tables.Now;
            if (_stretches.TryGetValue(stretch, out var known))
            {
                if (known.Ended || now - known.LastBeatAt > ReceiverStretch.LongestGap)
                {
                    return Task.FromResult(false);
                }

                _stretches[stretch] = known with { LastBeatAt = now };
                return Task.FromResult(true);
            }

            foreach (var (name, _) in _stretches.Where(s => s.Value.LastBeatAt < now - ReceiverStretch.Kept).ToList())
            {
                _stretches.Remove(name);
            }

            _stretches.Add(stretch, new(now, now, Ended: false));
            return Task.FromResult(true);
        }
    }

    public Task EndAsync(string stretch, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (_stretches.TryGetValue(stretch, out var known))
            {
                _stretches[stretch] = known with { Ended = true };
            }
        }

        return Task.CompletedTask;
    }

    public Task NoteAsync(IReadOnlyList<ReceiptNote> notes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(notes.Count, 1_000, nameof(notes));
        lock (tables.Gate)
        {
            foreach (var note in notes)
            {
                var channel = _notes.TryGetValue(note.ChannelId, out var known) ? known : _notes[note.ChannelId] = [];
                while (channel.Count > 0 && channel.First().Key is var oldest && oldest < tables.Now - ReceiptNote.Kept)
                {
                    channel.Remove(oldest);
                }

                channel[note.ArrivedAt] = channel.TryGetValue(note.ArrivedAt, out var latest) && latest > note.AttemptedAt ? latest : note.AttemptedAt;
            }
        }

        return Task.CompletedTask;
    }

    public Task<ReceiptRecord> ReadAsync(
        string channelId, AttemptId attempt, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var stamped = until + ReceiptRecord.ClockTolerance;
            return Task.FromResult(new ReceiptRecord
            {
                Now = tables.Now,
                Stretches = [.. _stretches.Values.Where(s => s.LastBeatAt >= from - ReceiverStretch.LongestGap)],
                LatestAttemptAt = _notes.TryGetValue(channelId, out var notes)
                    ? notes.TakeWhile(n => n.Key <= until).Select(n => (DateTimeOffset?)n.Value).Max()
                    : null,
                Unsettled = tables.Inbox.Values.Any(r => r.Entry.Tries == 0
                    ? r.Entry.ReceivedAt <= stamped
                    : r.Entry.Event is InboundEvent.Receipt receipt && receipt.NamedAttempt == attempt),
            });
        }
    }
}
