using FlowDispatch.Nodes;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;

namespace FlowDispatch.Dispatching;

/// <summary>Those whom a runner has claimed and not marked yet, oldest claim first, and the claims that refill it.</summary>
/// <remarks>
/// Where nothing paces the run, the next slice is claimed while a commit is on its way, so that no turn waits for it. The
/// due queue is only asked while none is: a commit must not mark by an old row whom such a claim takes up anew.
/// </remarks>
internal sealed class Hand
{
    private const int SizePerSlot = 10;
    private const int MostAtOnce = 500;
    private static readonly TimeSpan DueInterval = TimeSpan.FromMilliseconds(100);

    private readonly Queue<Candidate> _candidates = new();
    private readonly RunnerServices _services;
    private readonly RunnerJob _job;
    private readonly LeaseWatch _watch;
    private readonly int _size;
    private readonly int _low;
    private readonly bool _paced;
    private readonly bool _conversations;
    private Ahead? _ahead;
    private long _askedDueAt;
    private bool _dry;

    public Hand(RunnerServices services, RunnerJob job, LeaseWatch watch, Gate gate, int marksAtOnce)
    {
        _services = services;
        _job = job;
        _watch = watch;
        _conversations = gate.NeedsConversation;

        // No more in hand than a lease has permits for, so that a slow run is shared and never hoarded. Half of it at a time,
        // since more are claimed before all are gone.
        var slots = watch.Lease.Slots;
        var perHour = job.Execution.Snapshot.Settings.RateLimitPerHour;
        var permits = perHour is { } rate ? rate * services.Options.LeaseDuration.TotalHours : int.MaxValue;
        _paced = perHour is not null || job.Channel.MessagesPerSecond is not null;
        _size = (int)Math.Clamp(Math.Min(permits / 2, SizePerSlot * slots), 1, MostAtOnce);
        _low = Math.Min(_size, _paced ? slots : marksAtOnce);
    }

    public int Count => _candidates.Count;

    /// <summary>
    /// True when the last look found nobody; until something is written that may have made somebody due, or the control state
    /// shows somebody: while one sender takes its time, others fall due, write back and are planned.
    /// </summary>
    public bool Dry => _dry && !_services.Control.HasWork(_job.Execution.Number, _services.Time.GetUtcNow(), _askedDueAt);

    /// <summary>A timestamp before the oldest claim among these; the greatest there is where there are none.</summary>
    public long UnsentSince => Math.Min(_candidates.TryPeek(out var first) ? first.ClaimedAt : long.MaxValue, _ahead?.StartedAt ?? long.MaxValue);

    public bool TryPeek([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Candidate? candidate) => _candidates.TryPeek(out candidate);

    public void Dequeue() => _candidates.Dequeue();

    /// <summary>Something was written: somebody may be due.</summary>
    public void LookAgain() => _dry = false;

    /// <summary>
    /// Whether the store must be asked before more can be marked: few are left, and none were claimed ahead, or nobody asked
    /// the due queue for a while. Only while no marks are on their way.
    /// </summary>
    public bool WantsClaim => IsLow && !Dry && (_ahead is null || IsDueWanted);

    private bool IsLow => _candidates.Count < _low;

    private bool IsDueWanted => _services.Time.GetElapsedTime(_askedDueAt) >= DueInterval;

    /// <summary>Claims where few are left.</summary>
    /// <param name="open">False outside the window: then nobody new is claimed only to be put off one by one, and who is due on their own goes on.</param>
    /// <param name="alone">False while marks are on their way: then only what was claimed ahead is taken up.</param>
    /// <param name="stopping">Gives up.</param>
    public async Task RefillAsync(bool open, bool alone, CancellationToken stopping)
    {
        if (!IsLow || Dry)
        {
            return;
        }

        var scope = open ? ClaimScope.Any : ClaimScope.Due;
        if (_ahead is { } ahead)
        {
            _ahead = null;
            var slice = await ahead.Items.ConfigureAwait(false);
            Add(slice, ahead.StartedAt);
            scope = slice.Count > 0 ? ClaimScope.Due : scope;
            if (slice.Count > 0 && !IsDueWanted)
            {
                return;
            }
        }

        if (!alone)
        {
            return;
        }

        var startedAt = _askedDueAt = Started();
        var items = await ClaimAsync(scope, _size, stopping).ConfigureAwait(false);
        if (_candidates.Count > 0)
        {
            DropStale(items);
        }

        Add(items, startedAt);
        _dry = items.Count == 0 && (scope == ClaimScope.Any || !open);
    }

    /// <summary>Begins to claim what the turn after the next will need. To be called beside a commit, which must not wait for it.</summary>
    /// <param name="open">False outside the window.</param>
    /// <param name="fast">True where senders answer at once: then two slices rather than one.</param>
    /// <param name="stopping">Gives up.</param>
    public void ClaimAhead(bool open, bool fast, CancellationToken stopping)
    {
        if (open && !_paced && !Dry && _candidates.Count < 2 * _low && _ahead is null)
        {
            var startedAt = Started();
            _ahead = new(ClaimAsync(ClaimScope.Slices, fast ? 2 * _size : _size, stopping), startedAt);
        }
    }

    /// <summary>Waits for what was begun, whatever becomes of it: with the lease all of it goes back.</summary>
    public async Task SettleAsync()
    {
        if (_ahead is { } ahead)
        {
            await ((Task)ahead.Items).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Where the answer is lost, its people stay this lease's until it ends, and are claimed again then.
    private Task<IReadOnlyList<WorkItem>> ClaimAsync(ClaimScope scope, int limit, CancellationToken stopping) =>
        _services.Store.Claims.ClaimAsync(_watch.Lease, limit, scope, _conversations, stopping);

    private long Started()
    {
        var now = _services.Time.GetTimestamp();
        _watch.UnsentSince = Math.Min(_watch.UnsentSince, now);
        return now;
    }

    private void Add(IReadOnlyList<WorkItem> items, long claimedAt)
    {
        foreach (var item in items)
        {
            _candidates.Enqueue(new(item, item.Recipient.FlowCurrentNode ?? _job.Program.Entry, claimedAt));
        }
    }

    // A receipt that settles somebody in hand makes them due anew, and this lease may claim them once more: then the row as
    // it is now counts, or both would send what comes next.
    private void DropStale(IReadOnlyList<WorkItem> claimed)
    {
        var again = claimed.Select(i => i.Recipient.Id).ToHashSet();
        if (again.Count > 0 && _candidates.Any(c => again.Contains(c.Row.Id)))
        {
            var kept = _candidates.Where(c => !again.Contains(c.Row.Id)).ToList();
            _candidates.Clear();
            kept.ForEach(_candidates.Enqueue);
        }
    }

    private sealed record Ahead(Task<IReadOnlyList<WorkItem>> Items, long StartedAt);
}
