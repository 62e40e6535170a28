using FlowDispatch.Nodes;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>Writes what is handed in at once by many as one: providers call for every receipt or few, thousands of times a second.</summary>
/// <remarks>
/// Whoever finds no write under way writes at once. Who comes meanwhile joins the next write, which the first of them makes
/// as soon as that one is done. What several had joined and the store refused, each hands in again alone, so that none
/// fails for another's sake. Safe for many threads.
/// </remarks>
internal sealed class InboxWriter(IInboxStore store, WorkQueue work, TimeProvider time)
{
    private const int MostAtOnce = 10_000;

    // A write that takes longer than this holds nobody else up any more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Gathering? _gathering;
    private Task _latest = Task.CompletedTask;

    /// <summary>Keeps events; once this returns they survive a crash.</summary>
    /// <param name="events">At most 10,000.</param>
    /// <param name="cancellationToken">Gives up; they may be kept nevertheless.</param>
    public async Task AppendAsync(IReadOnlyList<InboundEvent> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!await TryTogetherAsync(events, cancellationToken).ConfigureAwait(false))
        {
            await store.AppendAsync(events, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
    }

    // False where several had joined and it failed.
    private async Task<bool> TryTogetherAsync(IReadOnlyList<InboundEvent> events, CancellationToken cancellationToken)
    {
        Gathering joined;
        Task<bool>? kept = null;
        var before = Task.CompletedTask;
        lock (_gate)
        {
            if (_gathering is { } open && open.Events.Count + events.Count <= MostAtOnce)
            {
                (joined, kept) = (open, open.Join());
            }
            else
            {
                before = _latest;
                _gathering = joined = new();
                _latest = joined.Ended;
            }

            joined.Events.AddRange(events);
        }

        return kept is not null
            ? await kept.WaitAsync(cancellationToken).ConfigureAwait(false)
            : await LeadAsync(joined, before, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> LeadAsync(Gathering gathering, Task before, CancellationToken cancellationToken)
    {
        if (!before.IsCompleted)
        {
            await work.EndsAsync(before, Patience, time, CancellationToken.None).ConfigureAwait(false);
        }

        lock (_gate)
        {
            _gathering = _gathering == gathering ? null : _gathering;
        }

        var kept = false;
        try
        {
            // Whoever has joined does not lose what it handed in because this caller gives up.
            await store.AppendAsync(gathering.Events, time.GetUtcNow(), gathering.IsShared ? CancellationToken.None : cancellationToken).ConfigureAwait(false);
            return kept = true;
        }
        catch (Exception) when (gathering.IsShared)
        {
            return false;
        }
        finally
        {
            gathering.End(kept, work);
        }
    }

    /// <summary>What one write takes. Events and who joined change under the writer's gate alone, and no more once it is written.</summary>
    private sealed class Gathering
    {
        private readonly TaskCompletionSource _ended = new();
        private readonly List<TaskCompletionSource<bool>> _joined = [];

        public List<InboundEvent> Events { get; } = [];

        public bool IsShared => _joined.Count > 0;

        public Task Ended => _ended.Task;

        public Task<bool> Join()
        {
            var joined = new TaskCompletionSource<bool>();
            _joined.Add(joined);
            return joined.Task;
        }

        public void End(bool kept, WorkQueue work)
        {
            work.Post(_ended.SetResult);
            _joined.ForEach(joined => work.Post(() => joined.SetResult(kept)));
        }
    }
}
