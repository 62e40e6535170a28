using System.Collections.Concurrent;
using System.Diagnostics;
using FlowDispatch.Diagnostics;
using FlowDispatch.Limits;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Sending;

namespace FlowDispatch.Dispatching;

/// <summary>The senders of one runner: as many at once as the lease has slots, fed with marked candidates.</summary>
internal sealed class SendDesk(RunnerServices services, RunnerJob job, LeaseWatch watch, Gate gate, OutcomeRules rules) : IDisposable
{
    // What a write costs besides its rows is as much as a hundred rows on a server that must bring each to its disk.
    private const int BatchPerSlot = 4;
    private const int MostInBatch = 500;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FreshView = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Quick = TimeSpan.FromMicroseconds(250);

    private readonly ConcurrentQueue<Candidate> _ready = new();
    private readonly ConcurrentQueue<SendOutcome> _outcomes = new();
    private readonly AsyncSignal _news = new(services.Work);
    private readonly CancellationTokenSource _givenUp = new();
    private readonly ActivityContext _run = Spans.Current;
    private readonly string _channelKey = LimitKeys.Channel(job.Channel.Id);
    private long _unsentSince;
    private long _usual = 8 * Quick.Ticks;
    private int _inHand;
    private int _answered;
    private int _busy;
    private volatile bool _filling;
    private volatile bool _closed;

    /// <summary>How many answers of quick senders are recorded by one write.</summary>
    public int Batch => Math.Min(BatchPerSlot * watch.Lease.Slots, MostInBatch);

    /// <summary>Marked candidates whose outcome is not recorded yet.</summary>
    public int Outstanding { get; private set; }

    /// <summary>A timestamp before the oldest claim among them; the greatest there is where there are none. While senders are never without work it stays where it is.</summary>
    public long UnsentSince => Outstanding == 0 ? long.MaxValue : _unsentSince;

    /// <summary>Hands marked candidates, oldest first, to the senders.</summary>
    public void Take(List<Candidate> marked)
    {
        _unsentSince = marked.Count == 0 ? UnsentSince : Math.Min(UnsentSince, marked[0].ClaimedAt);
        Outstanding += marked.Count;
        Interlocked.Add(ref _inHand, marked.Count);
        marked.ForEach(_ready.Enqueue);
        StartSenders(IsQuick ? 1 : marked.Count);
    }

    /// <summary>The outcomes that came in since the last call.</summary>
    public List<SendOutcome> Collect()
    {
        var outcomes = new List<SendOutcome>();
        while (_outcomes.TryDequeue(out var outcome))
        {
            outcomes.Add(outcome);
        }

        Interlocked.Add(ref _answered, -outcomes.Count);

        return outcomes;
    }

    /// <summary>So many outcomes are stored.</summary>
    public void Recorded(int outcomes) => Outstanding -= outcomes;

    /// <summary>
    /// Waits until there is something to write. Outcomes wait for each other a moment, so that one write takes many;
    /// but never where no sender is busy, since then nothing more would come.
    /// </summary>
    public async Task WaitAsync(DateTimeOffset? wakeAt, TimeSpan flushWindow, CancellationToken cancellationToken)
    {
        var started = services.Time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = services.Time.GetUtcNow();
            if (_outcomes.Count >= watch.Lease.Slots || (!_outcomes.IsEmpty && Volatile.Read(ref _inHand) == 0) || wakeAt <= now)
            {
                return;
            }

            var left = (_outcomes.IsEmpty ? LongestWait : flushWindow) - services.Time.GetElapsedTime(started);
            if (wakeAt is { } at && at - now < left)
            {
                left = at - now;
            }

            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await _news.WaitAsync(left, services.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Waits while every slot has a marked candidate of its own: more marks could not be sent before, so a write now would
    /// only be smaller than the next. Of quick senders a batch of answers is waited for, or all that there are. At most so long.
    /// </summary>
    /// <param name="roomy">True where a batch may be marked for quick senders whatever they answer: then those are not waited for.</param>
    /// <param name="atMost">The longest wait.</param>
    /// <returns>Whether senders answer faster than any store writes, and did so now.</returns>
    public async Task<bool> FillAsync(bool roomy, TimeSpan atMost)
    {
        var started = services.Time.GetTimestamp();
        _filling = true;
        while (IsFull(roomy) && atMost - services.Time.GetElapsedTime(started) is { Ticks: > 0 } left && !_givenUp.IsCancellationRequested)
        {
            await _news.WaitAsync(left, services.Time, CancellationToken.None).ConfigureAwait(false);
        }

        // From here on every first answer is news. And a sender that was quick and now holds its thread keeps nobody else waiting.
        _filling = false;
        StartSenders(watch.Lease.Slots);
        return IsQuick && !IsFull(roomy);
    }

    /// <summary>Hands nobody over any more: the host stops, and what providers answer through it may not come in. Who is with a sender already is waited for.</summary>
    public void Close() => _closed = true;

    /// <summary>Waits for no sender any longer: what is in their hands is in doubt, what is not goes back.</summary>
    public void GiveUp() => _givenUp.Cancel();

    /// <summary>Waits until every sender has finished.</summary>
    public async Task DrainAsync()
    {
        while (Volatile.Read(ref _inHand) > 0)
        {
            // A sender may have left as somebody was put down for it, each thinking the other would see to it.
            StartSenders(watch.Lease.Slots);
            await _news.WaitAsync(LongestWait, services.Time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => _givenUp.Dispose();

    // How long a hand-over takes of late.
    private bool IsQuick => Volatile.Read(ref _usual) < Quick.Ticks;

    private bool IsFull(bool roomy) => IsQuick
        ? !roomy && Volatile.Read(ref _inHand) > 0 && Volatile.Read(ref _answered) < Batch
        : Volatile.Read(ref _inHand) >= watch.Lease.Slots;

    // Senders that answer before they give their thread back need no company; each that does not brings the next one.
    private void StartSenders(int most)
    {
        for (var i = 0; i < most && !_ready.IsEmpty; i++)
        {
            if (Interlocked.Increment(ref _busy) > watch.Lease.Slots)
            {
                Interlocked.Decrement(ref _busy);
                return;
            }

            services.Work.Post(() => _ = WorkAsync());
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (_ready.TryDequeue(out var candidate))
            {
                await SendAsync(candidate).ConfigureAwait(false);
            }
        }
        finally
        {
            // Whoever was put down between the last look and here found this sender still busy.
            Interlocked.Decrement(ref _busy);
            StartSenders(1);
        }
    }

    private async Task SendAsync(Candidate candidate)
    {
        var started = services.Time.GetTimestamp();
        try
        {
            var handOver = HandOverAsync(candidate);
            if (!handOver.IsCompleted)
            {
                StartSenders(1);
            }

            var outcome = await handOver.ConfigureAwait(false);
            _outcomes.Enqueue(outcome);
            services.Meters.Sends.Counted(job.Channel.Kind, outcome);
        }
        finally
        {
            // Whatever a listener of meters may throw: a hand that is not counted down is waited for without end.
            Volatile.Write(ref _usual, ((3 * Volatile.Read(ref _usual)) + services.Time.GetElapsedTime(started).Ticks) / 4);
            var answered = Interlocked.Increment(ref _answered);
            var left = Interlocked.Decrement(ref _inHand);
            if (left == 0 || left == watch.Lease.Slots - 1 || (_filling ? answered == Batch : answered == 1 || answered == watch.Lease.Slots))
            {
                _news.Set();
            }
        }
    }

    private async ValueTask<SendOutcome> HandOverAsync(Candidate candidate)
    {
        await services.NodeSlots.EnterAsync().ConfigureAwait(false);
        try
        {
            if (await RefusalAsync(candidate).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }

            var message = new OutgoingMessage
            {
                AttemptId = new AttemptId(candidate.Row.Id, candidate.Attempt),
                Channel = job.Channel,
                To = candidate.Row.PhoneNumber,
                Content = candidate.Content!,
            };
            candidate.HandedOverAt = services.Time.GetUtcNow();
            var result = await services.Meters.Sends.SendAsync(job, message, _run, services.Time, _givenUp.Token).ConfigureAwait(false);

            // A sender that was given up says that it did not begin, and asks for no pause.
            result = _givenUp.IsCancellationRequested ? result : AskedWait.Bound(result);
            return rules.Of(candidate, result, services.Time.GetUtcNow());
        }
        catch (Exception surprise)
        {
            // Whatever went wrong, the provider may have the message.
            Log.SenderThrew(services.Logger, surprise);
            return rules.Of(candidate, new SendResult.InDoubt($"The sender threw {surprise.GetType().Name}."), services.Time.GetUtcNow());
        }
        finally
        {
            services.NodeSlots.Leave();
        }
    }

    /// <summary>The last look before the hand-over: between mark and here the world may have changed.</summary>
    private async ValueTask<SendOutcome?> RefusalAsync(Candidate candidate)
    {
        await DueAsync(candidate.AutomationPermit).ConfigureAwait(false);
        await DueAsync(candidate.ChannelPermit).ConfigureAwait(false);
        bool? may;
        while ((may = services.Control.MaySend(job.Execution.Number)) is null && watch.Holds && !_givenUp.IsCancellationRequested)
        {
            await services.Work.DelayAsync(FreshView, services.Time, _givenUp.Token).ConfigureAwait(false);
        }

        var now = candidate.Now(services.Time);
        if (may is not true || _closed || !watch.Holds || _givenUp.IsCancellationRequested)
        {
            // Where the host stops, or the lease is gone, nothing but its turn is waited for.
            return SendOutcome.NotSent(candidate, now, candidate.Row.WaitingReason ?? (may is false ? ReasonCodes.Paused : ReasonCodes.Queued));
        }

        if (candidate.AutomationPermit?.IsVoid(services.Time) is true)
        {
            return SendOutcome.NotSent(candidate, now, ReasonCodes.RateLimit);
        }

        if (candidate.ChannelPermit?.IsVoid(services.Time) is true)
        {
            return SendOutcome.NotSent(candidate, now, ReasonCodes.ChannelRate);
        }

        if (services.Control.HeldUntil(_channelKey) is { } held && held > now)
        {
            return SendOutcome.NotSent(candidate, held, ReasonCodes.ChannelRate);
        }

        if (candidate.CappedAt is { } counted && services.Time.GetElapsedTime(counted) >= FrequencyCaps.Lag)
        {
            return SendOutcome.NotSent(candidate, now, ReasonCodes.FrequencyCap);
        }

        var suppression = services.Control.Suppression(candidate.Row.ContactId, candidate.Item.Suppression);
        return gate.Decide(candidate.Row, suppression, candidate.Item.ConversationAt, now) switch
        {
            GateDecision.Never never => SendOutcome.Never(candidate, never),
            GateDecision.Wait wait => SendOutcome.NotSent(candidate, wait.Until, wait.Reason),
            _ => null,
        };
    }

    // A delay counts whole milliseconds and may end a part of one early; a permit may not.
    private async ValueTask DueAsync(Permit? permit)
    {
        while (permit?.DueIn(services.Time) is { Ticks: > 0 } left && !_givenUp.IsCancellationRequested)
        {
            var whole = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            await services.Work.DelayAsync(whole, services.Time, _givenUp.Token).ConfigureAwait(false);
        }
    }
}
