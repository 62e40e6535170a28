using FlowDispatch.Diagnostics;
using FlowDispatch.Doubts;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Dispatching;

/// <summary>One node's part in one execution: a single loop that claims, gates, marks and records, and as many senders as the lease has slots.</summary>
/// <remarks>
/// Each turn of the loop makes one write: the outcomes that came in, the skips and deferrals of the gate, and the marks
/// of those who go next. A message is handed over only after the write that marks it. So if the process dies at any
/// line here, in doubt are at most the marked ones without a recorded outcome, which are never more than three times
/// the slots; everybody else is claimed again as if nothing had happened.
/// </remarks>
internal sealed class ExecutionRunner : IDisposable
{
    private const int MarksPerSlot = 3;
    private const int HandPerSlot = 10;
    private static readonly TimeSpan FlushWindow = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StorePause = TimeSpan.FromMilliseconds(250);

    private readonly RunnerServices _services;
    private readonly RunnerJob _job;
    private readonly LeaseWatch _watch;
    private readonly GateKeeper _keeper;
    private readonly SendDesk _desk;
    private readonly Queue<Candidate> _hand = new();
    private readonly List<SendOutcome> _unwritten = [];
    private readonly int _handSize;
    private long _commits;
    private bool _dry;

    public ExecutionRunner(RunnerServices services, RunnerJob job, LeaseWatch watch)
    {
        _services = services;
        _job = job;
        _watch = watch;
        var settings = job.Execution.Snapshot.Settings;
        var doubts = new DoubtRules(settings, services.Options, job.Sender.Capabilities, services.Started);
        var rules = new OutcomeRules(job.Program, settings, doubts, services.Random);
        _keeper = new(services, job, watch, doubts);
        _desk = new(services, job, watch, _keeper.Gate, rules);

        // No more in hand than a lease has permits for, so that a slow run is shared and never hoarded.
        var slots = watch.Lease.Slots;
        var permits = settings.RateLimitPerHour is { } rate ? rate * services.Options.LeaseDuration.TotalHours : int.MaxValue;
        _handSize = (int)Math.Clamp(Math.Min(permits, HandPerSlot * slots), 1, 500);
    }

    private int Number => _job.Execution.Number;

    /// <summary>Works until nothing is due, the execution stops running, or <paramref name="stopping"/> asks to finish what is in flight.</summary>
    /// <param name="stopping">Ends claiming and marking; what is in a sender's hands is waited for.</param>
    /// <param name="abandon">Ends waiting for senders; what has no answer by then is in doubt.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandon)
    {
        try
        {
            using (abandon.UnsafeRegister(static desk => ((SendDesk)desk!).GiveUp(), _desk))
            {
                while (await TurnAsync(stopping).ConfigureAwait(false))
                {
                }
            }
        }
        finally
        {
            // Where the lease is gone its slots are another's: nothing is waited for any longer. What was answered all
            // the same is no write of ours now, but it is evidence that settles what is in doubt.
            _desk.GiveUp();
            await _desk.DrainAsync().ConfigureAwait(false);
            _unwritten.AddRange(_desk.Collect());
            await TestifyAsync(abandon).ConfigureAwait(false);
            await _services.Store.Claims.ReleaseAsync(_watch.Lease, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _desk.Dispose();

    /// <summary>One write, or a wait until there is something to write; false when there is nothing more to do, or the lease is lost.</summary>
    private async Task<bool> TurnAsync(CancellationToken stopping)
    {
        var going = !stopping.IsCancellationRequested && _watch.Holds && _services.Control.IsRunning(Number);
        if (!_watch.Holds)
        {
            // About to be another's, slots and all, and a late renewal changes nothing: what is cut off here can at most
            // be written as in doubt by us.
            _watch.Lose();
            _desk.GiveUp();
        }

        await _desk.FillAsync(FlushWindow).ConfigureAwait(false);
        foreach (var outcome in _desk.Collect())
        {
            _unwritten.Add(outcome);
            await _keeper.HearAsync(outcome).ConfigureAwait(false);
        }

        var changes = new List<ClaimedChange>(_unwritten.Select(o => o.Write));
        var marks = new List<Candidate>();
        var wakeAt = going ? await PassAsync(marks, changes, stopping).ConfigureAwait(false) : null;
        var oldest = marks.Count > 0 ? marks[0] : _hand.TryPeek(out var first) ? first : null;
        _watch.UnsentSince = Math.Min(_desk.UnsentSince, oldest?.ClaimedAt ?? long.MaxValue);
        if (marks.Count + changes.Count > 0)
        {
            if (!await CommitAsync(marks, changes).ConfigureAwait(false))
            {
                return false;
            }

            // If the process dies here: the outcomes are kept, and those just marked are in doubt though nothing was sent.
            _dry = false;
            _desk.Recorded(_unwritten.Count);
            _unwritten.Clear();
            _desk.Take(marks);
            return true;
        }

        if (_desk.Outstanding == 0 && (!going || (_hand.Count == 0 && _dry)))
        {
            return false;
        }

        await _desk.WaitAsync(wakeAt, FlushWindow, going ? stopping : CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    /// <summary>Claims where the hand runs low and lets pass whom the gate lets pass; says when to look again.</summary>
    private async Task<DateTimeOffset?> PassAsync(List<Candidate> marks, List<ClaimedChange> changes, CancellationToken stopping)
    {
        var now = _services.Time.GetUtcNow();
        try
        {
            if (_hand.Count < _watch.Lease.Slots && !_dry)
            {
                await ClaimAsync(stopping).ConfigureAwait(false);
            }

            var room = (MarksPerSlot * _watch.Lease.Slots) - (_desk.Outstanding - _unwritten.Count);
            while (room > 0 && _hand.TryPeek(out var candidate))
            {
                var pass = await _keeper.AskAsync(candidate, stopping).ConfigureAwait(false);
                if (pass is GateKeeper.Pass.Later later)
                {
                    return later.At;
                }

                _hand.Dequeue();
                if (pass is GateKeeper.Pass.Written written)
                {
                    changes.Add(new(candidate.Row, written.Change));
                }
                else
                {
                    marks.Add(candidate);
                    room--;
                }
            }

            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure)
        {
            // What came in is written all the same, and whoever passed goes; the rest of the hand is asked again later.
            Log.StoreFailed(_services.Logger, failure, _job.Execution.Id);
            return now + StorePause;
        }
    }

    private async Task ClaimAsync(CancellationToken stopping)
    {
        // Outside the window nobody new is claimed only to be put off one by one; who is due on their own goes on.
        // Where this answer is lost, its people stay this lease's until it ends, and are claimed again then.
        var now = _services.Time.GetUtcNow();
        var started = _services.Time.GetTimestamp();
        _watch.UnsentSince = Math.Min(_watch.UnsentSince, started);
        var items = await _services.Store.Claims.ClaimAsync(_watch.Lease, _handSize, dueOnly: _keeper.Gate.OpensAt(now) > now, stopping).ConfigureAwait(false);
        _dry = items.Count == 0;
        if (_hand.Count > 0)
        {
            DropStale(items);
        }

        foreach (var item in items)
        {
            _hand.Enqueue(new(item, item.Recipient.FlowCurrentNode ?? _job.Program.Entry, started));
        }
    }

    // A receipt that settles somebody in hand makes them due anew, and this lease may claim them once more: then the row as
    // it is now counts, or both would send what comes next.
    private void DropStale(IReadOnlyList<WorkItem> claimed)
    {
        var again = claimed.Select(i => i.Recipient.Id).ToHashSet();
        if (_hand.Any(c => again.Contains(c.Row.Id)))
        {
            var kept = _hand.Where(c => !again.Contains(c.Row.Id)).ToList();
            _hand.Clear();
            kept.ForEach(_hand.Enqueue);
        }
    }

    private async Task<bool> CommitAsync(List<Candidate> marks, List<ClaimedChange> changes)
    {
        var commit = new DispatchCommit { Number = ++_commits, Marks = [.. marks.Select(m => m.Row.Id.Ordinal)], Changes = changes };
        while (true)
        {
            try
            {
                var started = _services.Time.GetTimestamp();
                var written = await _services.Store.Claims.CommitAsync(_watch.Lease, commit, CancellationToken.None).ConfigureAwait(false);
                return _services.Meters.Commits.Answered(written, commit, _services.Time.GetElapsedTime(started));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The same commit again, under its number: if only its answer was lost, it is not made twice.
                Log.StoreFailed(_services.Logger, failure, _job.Execution.Id);
                if (!_watch.Holds)
                {
                    return false;
                }

                await _services.Work.DelayAsync(StorePause, _services.Time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task TestifyAsync(CancellationToken abandon)
    {
        var evidence = _unwritten.Where(o => o.Result is SendResult.Accepted).Select(Evidence).ToList();
        while (evidence.Count > 0)
        {
            try
            {
                Log.LeaseLost(_services.Logger, _job.Execution.Id, evidence.Count);
                await _services.Store.Inbox.AppendAsync(evidence, _services.Time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (!abandon.IsCancellationRequested)
            {
                Log.StoreFailed(_services.Logger, failure, _job.Execution.Id);
                await _services.Work.DelayAsync(StorePause, _services.Time, abandon).ConfigureAwait(false);
            }
        }
    }

    private InboundEvent Evidence(SendOutcome outcome) => new InboundEvent.Receipt
    {
        ChannelId = _job.Channel.Id,
        At = _services.Time.GetUtcNow(),
        ProviderMessageId = ((SendResult.Accepted)outcome.Result!).ProviderMessageId,
        AttemptId = new AttemptId(outcome.Candidate.Row.Id, outcome.Candidate.Attempt).ToString(),
        Status = ReceiptStatus.Sent,
        IsAnswer = true,
    };
}
