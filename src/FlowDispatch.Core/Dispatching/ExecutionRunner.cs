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
/// the slots; everybody else is claimed again as if nothing had happened. Where senders answer faster than the store
/// writes, writes are larger and a second one goes out behind the first, so that store and node work at once; then it is
/// eight times the slots, up to 1,000.
/// </remarks>
internal sealed class ExecutionRunner : IDisposable
{
    private const int MarksPerSlot = 3;
    private const int FastBatches = 2;
    private static readonly TimeSpan FlushWindow = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StorePause = TimeSpan.FromMilliseconds(250);

    private readonly RunnerServices _services;
    private readonly RunnerJob _job;
    private readonly LeaseWatch _watch;
    private readonly GateKeeper _keeper;
    private readonly SendDesk _desk;
    private readonly Hand _hand;
    private readonly List<SendOutcome> _unwritten = [];
    private readonly Queue<Flight> _flights = new();
    private long _commits;
    private bool _refused;

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
        _hand = new(services, job, watch, _keeper.Gate, MarksPerSlot * watch.Lease.Slots);
    }

    private int Number => _job.Execution.Number;

    /// <summary>Works until nothing is due, the execution stops running, or it is asked to finish what is in flight.</summary>
    /// <param name="leaving">Ends claiming and marking; whoever is marked is sent to. Also cancelled with <paramref name="stopping"/>.</param>
    /// <param name="stopping">The host stops: who is marked and not in a sender's hands yet goes back; who is, is waited for.</param>
    /// <param name="abandon">Ends waiting for senders; what has no answer by then is in doubt.</param>
    public async Task RunAsync(CancellationToken leaving, CancellationToken stopping, CancellationToken abandon)
    {
        try
        {
            using (stopping.UnsafeRegister(static desk => ((SendDesk)desk!).Close(), _desk))
            using (abandon.UnsafeRegister(static desk => ((SendDesk)desk!).GiveUp(), _desk))
            {
                while (await TurnAsync(leaving).ConfigureAwait(false))
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
            await AbandonFlightsAsync().ConfigureAwait(false);
            _unwritten.AddRange(_desk.Collect());
            await TestifyAsync(abandon).ConfigureAwait(false);
            await _hand.SettleAsync().ConfigureAwait(false);
            await _services.Store.Claims.ReleaseAsync(_watch.Lease, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _desk.Dispose();

    /// <summary>One write, or a wait until there is something to write; false when there is nothing more to do, or the lease is lost.</summary>
    private async Task<bool> TurnAsync(CancellationToken leaving)
    {
        var going = !leaving.IsCancellationRequested && _watch.Holds && _services.Control.IsRunning(Number);
        if (!_watch.Holds)
        {
            // About to be another's, slots and all, and a late renewal changes nothing: what is cut off here can at most
            // be written as in doubt by us.
            _watch.Lose();
            _desk.GiveUp();
        }

        while (_flights.TryPeek(out var flight) && flight.Written.IsCompleted)
        {
            // Before the senders are waited for: while they have these, the next write is made ready.
            if (!await LandAsync().ConfigureAwait(false))
            {
                return false;
            }
        }

        var fast = await _desk.FillAsync(Room(fast: true) == _desk.Batch, FlushWindow).ConfigureAwait(false);
        foreach (var outcome in _desk.Collect())
        {
            _unwritten.Add(outcome);
            await _keeper.HearAsync(outcome).ConfigureAwait(false);
        }

        var room = Room(fast);
        if (_flights.Count > 0 && (!fast || !going || _hand.WantsClaim || Math.Max(_unwritten.Count, Math.Min(room, _hand.Count)) < _desk.Batch))
        {
            return await LandAsync().ConfigureAwait(false);
        }

        var changes = new List<ClaimedChange>(_unwritten.Select(o => o.Write));
        var marks = new List<Candidate>();
        var wakeAt = going ? await PassAsync(room, marks, changes, leaving).ConfigureAwait(false) : null;
        _watch.UnsentSince = Math.Min(_desk.UnsentSince, Math.Min(_hand.UnsentSince, _flights.Append(new(null!, marks, [])).Min(f => f.UnsentSince)));
        if (marks.Count + changes.Count > 0)
        {
            _flights.Enqueue(new(CommitAsync(marks, changes), marks, [.. _unwritten]));
            _unwritten.Clear();
            if (marks.Count > 0)
            {
                _hand.ClaimAhead(IsOpen(_services.Time.GetUtcNow()), fast, leaving);
            }

            return (fast && _flights.Count == 1) || await LandAsync().ConfigureAwait(false);
        }

        if (_flights.Count > 0)
        {
            return await LandAsync().ConfigureAwait(false);
        }

        if (_desk.Outstanding == 0 && (!going || (_hand.Count == 0 && _hand.Dry)))
        {
            return false;
        }

        await _desk.WaitAsync(wakeAt, FlushWindow, going ? leaving : CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    // How many more may be marked by the next write: as if those on their way were made.
    private int Room(bool fast)
    {
        var marked = _desk.Outstanding + _flights.Sum(f => f.Marks.Count - f.Outcomes.Count) - _unwritten.Count;
        return fast ? Math.Min((FastBatches * _desk.Batch) - marked, _desk.Batch) : (MarksPerSlot * _watch.Lease.Slots) - marked;
    }

    /// <summary>Waits for the oldest write that is on its way; false when it was refused.</summary>
    private async Task<bool> LandAsync()
    {
        var flight = _flights.Peek();
        if (!await flight.Written.ConfigureAwait(false))
        {
            _refused = true;
            return false;
        }

        // If the process dies here: the outcomes are kept, and those just marked are in doubt though nothing was sent.
        _flights.Dequeue();
        _hand.LookAgain();
        _desk.Recorded(flight.Outcomes.Count);
        _desk.Take(flight.Marks);
        return true;
    }

    // What they would have recorded is told otherwise, and whom they marked is in doubt or as before; both are right.
    private async Task AbandonFlightsAsync()
    {
        while (_flights.TryDequeue(out var flight))
        {
            await ((Task)flight.Written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!flight.Written.IsCompletedSuccessfully || !flight.Written.Result)
            {
                _unwritten.AddRange(flight.Outcomes);
            }
        }
    }

    /// <summary>Claims where the hand runs low and lets pass whom the gate lets pass; says when to look again.</summary>
    private async Task<DateTimeOffset?> PassAsync(int room, List<Candidate> marks, List<ClaimedChange> changes, CancellationToken leaving)
    {
        var now = _services.Time.GetUtcNow();
        try
        {
            await _hand.RefillAsync(IsOpen(now), alone: _flights.Count == 0, leaving).ConfigureAwait(false);
            while (room > 0 && _hand.TryPeek(out var candidate))
            {
                var pass = await _keeper.AskAsync(candidate, leaving).ConfigureAwait(false);
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
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
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

    private bool IsOpen(DateTimeOffset now) => _keeper.Gate.OpensAt(now) <= now;

    private async Task<bool> CommitAsync(List<Candidate> marks, List<ClaimedChange> changes)
    {
        var commit = new DispatchCommit { Number = ++_commits, Follows = _commits - 1, Marks = [.. marks.Select(m => m.Row.Id.Ordinal)], Changes = changes };
        while (true)
        {
            try
            {
                var started = _services.Time.GetTimestamp();
                var written = await _services.Store.Claims.CommitAsync(_watch.Lease, commit, CancellationToken.None).ConfigureAwait(false);
                return _services.Meters.Commits.Answered(written, commit, _services.Time.GetElapsedTime(started));
            }
            catch (Exception failure)
            {
                // The same commit again, under its number: if only its answer was lost, it is not made twice.
                Log.StoreFailed(_services.Logger, failure, _job.Execution.Id);
                if (!_watch.Holds || _refused)
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

    /// <summary>A write on its way.</summary>
    private sealed record Flight(Task<bool> Written, List<Candidate> Marks, List<SendOutcome> Outcomes)
    {
        /// <summary>A timestamp before the oldest claim among the marked.</summary>
        public long UnsentSince => Marks.Count == 0 ? long.MaxValue : Marks[0].ClaimedAt;
    }
}
