using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>Who takes receipts in, and how far they came: what tells whether silence about a message proves anything.</summary>
/// <remarks>All of it is by the store's own clock, but for <see cref="ReceiptNote"/>.</remarks>
public interface IReceiverStore
{
    /// <summary>A process that takes receipts in is up.</summary>
    /// <remarks>Stretches whose last beat is older than <see cref="ReceiverStretch.Kept"/> may be forgotten.</remarks>
    /// <param name="stretch">Names a time without a gap; another for every start of a process, and after every gap.</param>
    /// <param name="cancellationToken">Gives up; the beat may count.</param>
    /// <returns>False where that stretch has ended, or its last beat is more than <see cref="ReceiverStretch.LongestGap"/> ago: it is over, and nothing was changed.</returns>
    Task<bool> BeatAsync(string stretch, CancellationToken cancellationToken = default);

    /// <summary>A stretch ended in order: whatever came in was taken. It lasted until its last beat. Unknown ones are left out.</summary>
    Task EndAsync(string stretch, CancellationToken cancellationToken = default);

    /// <summary>Receipts came in. Of those with one channel and one <see cref="ReceiptNote.ArrivedAt"/> the latest attempt is kept.</summary>
    /// <remarks>What arrived more than <see cref="ReceiptNote.Kept"/> ago may be forgotten.</remarks>
    /// <param name="notes">At most 1,000.</param>
    /// <param name="cancellationToken">Gives up; then none is kept.</param>
    Task NoteAsync(IReadOnlyList<ReceiptNote> notes, CancellationToken cancellationToken = default);

    /// <summary>All that bears on an attempt in doubt, read at one instant.</summary>
    /// <param name="channelId">Its channel.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="from">Stretches that were over by <see cref="ReceiverStretch.LongestGap"/> before it are left out.</param>
    /// <param name="until">Receipts that arrived after it are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ReceiptRecord> ReadAsync(
        string channelId, AttemptId attempt, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default);
}
