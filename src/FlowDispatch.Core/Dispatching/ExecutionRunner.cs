using FlowDispatch.Diagnostics;
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
    private static readonly TimeSpan FlushWindow = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly RunnerServices _services;
    private readonly RunnerJob _job;
    private readonly LeaseWatch _watch;
    private readonly GateKeeper _keeper;
    private readonly OutcomeRules _rules;
    private readonly SendDesk _desk;
    private readonly Queue<Candidate> _hand = new();
    private readonly int _handSize;
    private bool _dry;

    public ExecutionRunner(RunnerServices services, RunnerJob job, LeaseWatch watch)
    {
        _services = services;
        _job = job;
        _watch = watch;
        _rules = new(job.Program, job.Execution.Snapshot.Settings, services.Options, job.Sender.Capabilities, services.Random);
        _keeper = new(services, job, _rules);
        _desk = new(services, job, watch, _keeper.Gate, _rules);

        // No more in hand than a lease has permits for, so that a slow run is shared and never hoarded.
        var slots = watch.Lease.Slots;
        var permits = job.Execution.Snapshot.Settings.RateLimitPerHour is { } rate ? rate * services.Options.LeaseDuration.TotalHours : int.MaxValue;
        _handSize = (int)Math.Clamp(Math.Min(permits, MarksPerSlot * slots), 1, 500);
    }

    private int Number => _job.Execution.Number;

    /// <summary>Works until nothing is due, the execution stops running, or <paramref name="stopping"/> asks to finish what is in flight.</summary>
    /// <param name="stopping">Ends claiming and marking; what is in a sender's hands is waited for.</param>
    /// <param name="abandon">Ends waiting for senders; what has no answer by then is in doubt.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandon)
    {
        _desk.Open(abandon);
        var lost = false;
        try
        {
            while (!lost)
            {
                var outcomes = _desk.Collect();
                var going = !stopping.IsCancellationRequested && _watch.Holds && _services.Control.IsRunning(Number);
                var changes = new List<ClaimedChange>(outcomes.Select(o => o.Write));
                var marks = new List<Candidate>();
                foreach (var outcome in outcomes)
                {
                    await _keeper.HearAsync(outcome).ConfigureAwait(false);
                }

                var wakeAt = going ? await PassAsync(marks, changes, outcomes.Count, stopping).ConfigureAwait(false) : null;
                if (marks.Count + changes.Count > 0)
                {
                    lost = !await CommitAsync(marks, changes).ConfigureAwait(false);
                    if (lost)
                    {
                        await TestifyAsync(outcomes).ConfigureAwait(false);
                        break;
                    }

                    _dry = false;
                    _desk.Recorded(outcomes.Count);
                    _desk.Take(marks);
                }
                else if (_desk.Outstanding == 0 && (!going || (_hand.Count == 0 && _dry)))
                {
                    return;
                }
                else
                {
                    await _desk.WaitAsync(wakeAt, FlushWindow, LongestWait, going ? stopping : CancellationToken.None).ConfigureAwait(false);
                }
            }

            // The lease is gone: what is still in senders' hands is heard out and kept as evidence, never written as our own.
            _desk.Close();
            await _desk.DrainAsync().ConfigureAwait(false);
            await TestifyAsync(_desk.Collect()).ConfigureAwait(false);
        }
        finally
        {
            _desk.Close();
            await _desk.DrainAsync().ConfigureAwait(false);
            await _keeper.GiveBackAsync(_hand).ConfigureAwait(false);
            await _services.Store.Claims.ReleaseAsync(_watch.Lease, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _desk.Dispose();

    /// <summary>Claims where the hand runs low and lets pass whom the gate lets pass; says when to look again.</summary>
    private async Task<DateTimeOffset?> PassAsync(List<Candidate> marks, List<ClaimedChange> changes, int recorded, CancellationToken stopping)
    {
        var now = _services.Time.GetUtcNow();
        if (_hand.Count == 0 && _keeper.Gate.OpensAt(now) is var opening && opening > now)
        {
            // Nobody is claimed only to be put off one by one: the whole run waits for its window.
            _dry = true;
            return opening;
        }

        if (_hand.Count < _watch.Lease.Slots && !_dry)
        {
            var items = await _services.Store.Claims.ClaimAsync(_watch.Lease, _handSize, stopping).ConfigureAwait(false);
            _dry = items.Count == 0;
            foreach (var item in items)
            {
                _hand.Enqueue(new(item, item.Recipient.FlowCurrentNode ?? _job.Program.Entry));
            }
        }

        var room = (MarksPerSlot * _watch.Lease.Slots) - (_desk.Outstanding - recorded);
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

    private async Task<bool> CommitAsync(List<Candidate> marks, List<ClaimedChange> changes)
    {
        var commit = new DispatchCommit { Marks = [.. marks.Select(m => m.Row.Id.Ordinal)], Changes = changes };
        while (true)
        {
            try
            {
                return await _services.Store.Claims.CommitAsync(_watch.Lease, commit, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The same commit again: its moves are harmless when repeated. Nothing marked in it was handed over yet.
                Log.CommitFailed(_services.Logger, failure, _job.Execution.Id);
                if (!_watch.Holds)
                {
                    return false;
                }

                await Task.Delay(LongestWait, _services.Time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Outcomes that came after the lease ended are no write of ours, but they are evidence: the inbox settles what is in doubt with them.</summary>
    private async Task TestifyAsync(IReadOnlyList<SendOutcome> outcomes)
    {
        var evidence = outcomes.Where(o => o.Result is SendResult.Accepted).Select(Evidence).ToList();
        if (evidence.Count > 0)
        {
            Log.LeaseLost(_services.Logger, _job.Execution.Id, evidence.Count);
            await _services.Store.Inbox.AppendAsync(evidence, _services.Time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private InboundEvent Evidence(SendOutcome outcome) => new InboundEvent.Receipt
    {
        ChannelId = _job.Channel.Id,
        At = _services.Time.GetUtcNow(),
        ProviderMessageId = ((SendResult.Accepted)outcome.Result!).ProviderMessageId,
        AttemptId = new AttemptId(outcome.Candidate.Row.Id, outcome.Candidate.Attempt).ToString(),
        Status = ReceiptStatus.Sent,
    };
}
