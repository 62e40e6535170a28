using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>Collects of settled receipts what shows that receipts come in, and writes it where it says more than before.</summary>
/// <remarks>Many threads may add at once; written is when none of them does.</remarks>
internal sealed class ReceiptNotes
{
    private const int MostAtOnce = 1_000;

    private readonly Lock _adding = new();
    private readonly Dictionary<(string Channel, DateTimeOffset ArrivedAt), DateTimeOffset> _new = [];
    private readonly Dictionary<string, ReceiptNote> _last = new(StringComparer.Ordinal);

    // What was added last: of a round nearly all came in at once, and say no more than that.
    private volatile ReceiptNote? _added;

    /// <summary>A receipt for one of a recipient's attempts.</summary>
    /// <param name="match">The receipt.</param>
    /// <param name="attempts">The number of the last attempt that was known before it.</param>
    /// <param name="lastAttemptedAt">When that one, or one before it, was handed to the sender.</param>
    public void Add(InboxMatch match, int attempts, DateTimeOffset? lastAttemptedAt)
    {
        // Only by the attempt's name: receipts that carry none would say nothing about a message whose id was never
        // learnt. And only of the last attempt, since that is the one whose time the row tells, or an earlier one.
        if (match.Entry.Event is not InboundEvent.Receipt { IsAnswer: false } || match.Attempt == 0 || match.Attempt != attempts || lastAttemptedAt is not { } attemptedAt)
        {
            return;
        }

        var arrived = match.Entry.ReceivedAt.UtcTicks;
        if (_added is { } added && added.AttemptedAt >= attemptedAt && arrived >= added.ArrivedAt.UtcTicks && arrived - added.ArrivedAt.UtcTicks < ReceiptNote.Step.Ticks
            && added.ChannelId == match.Channel!.Id)
        {
            return;
        }

        lock (_adding)
        {
            var step = new DateTimeOffset(arrived - (arrived % ReceiptNote.Step.Ticks), TimeSpan.Zero);
            var key = (match.Channel!.Id, step);
            if (!_new.TryGetValue(key, out var latest) || latest < attemptedAt)
            {
                _new[key] = latest = attemptedAt;
            }

            _added = new(match.Channel.Id, step, latest);
        }
    }

    /// <summary>Writes what is new. Where the store fails it stays, for the next time.</summary>
    public async Task WriteAsync(IReceiverStore store, CancellationToken cancellationToken)
    {
        var notes = _new.Select(n => new ReceiptNote(n.Key.Channel, n.Key.ArrivedAt, n.Value))
            .Where(n => !_last.TryGetValue(n.ChannelId, out var last) || last.ArrivedAt != n.ArrivedAt || last.AttemptedAt < n.AttemptedAt)
            .OrderBy(n => n.ArrivedAt)
            .ToList();
        foreach (var part in notes.Chunk(MostAtOnce))
        {
            await store.NoteAsync(part, cancellationToken).ConfigureAwait(false);
        }

        _new.Clear();
        _added = null;
        foreach (var note in notes)
        {
            _last[note.ChannelId] = note;
        }
    }
}
