using System.Collections.Concurrent;
using System.Threading.Channels;
using FlowDispatch.Diagnostics;
using FlowDispatch.Limits;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;

namespace FlowDispatch.Dispatching;

/// <summary>The senders of one runner: as many at once as the lease has slots, fed with marked candidates.</summary>
internal sealed class SendDesk(RunnerServices services, RunnerJob job, LeaseWatch watch, Gate gate, OutcomeRules rules) : IDisposable
{
    private readonly Channel<Candidate> _ready = Channel.CreateUnbounded<Candidate>();
    private readonly ConcurrentQueue<SendOutcome> _outcomes = new();
    private readonly NodeSignal _news = new();
    private readonly List<Task> _senders = [];
    private CancellationToken _abandon;
    private int _inHand;

    /// <summary>Marked candidates whose outcome is not recorded yet.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Starts the senders.</summary>
    public void Open(CancellationToken abandon)
    {
        _abandon = abandon;
        for (var slot = 0; slot < watch.Lease.Slots; slot++)
        {
            _senders.Add(WorkAsync());
        }
    }

    /// <summary>Hands marked candidates to the senders.</summary>
    public void Take(List<Candidate> marked)
    {
        Outstanding += marked.Count;
        Interlocked.Add(ref _inHand, marked.Count);
        foreach (var candidate in marked)
        {
            _ready.Writer.TryWrite(candidate);
        }
    }

    /// <summary>The outcomes that came in since the last call.</summary>
    public List<SendOutcome> Collect()
    {
        var outcomes = new List<SendOutcome>();
        while (_outcomes.TryDequeue(out var outcome))
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    /// <summary>So many outcomes are stored.</summary>
    public void Recorded(int outcomes) => Outstanding -= outcomes;

    /// <summary>
    /// Waits until there is something to write. Outcomes wait for each other a moment, so that one write takes many;
    /// but never where no sender is busy, since then nothing more would come.
    /// </summary>
    public async Task WaitAsync(DateTimeOffset? wakeAt, TimeSpan flushWindow, TimeSpan longest, CancellationToken cancellationToken)
    {
        var started = services.Time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = services.Time.GetUtcNow();
            if (_outcomes.Count >= watch.Lease.Slots || (!_outcomes.IsEmpty && Volatile.Read(ref _inHand) == 0) || wakeAt <= now)
            {
                return;
            }

            var left = (_outcomes.IsEmpty ? longest : flushWindow) - services.Time.GetElapsedTime(started);
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

    /// <summary>Takes no more candidates.</summary>
    public void Close() => _ready.Writer.TryComplete();

    /// <summary>Waits until every sender has finished.</summary>
    public Task DrainAsync() => Task.WhenAll(_senders);

    public void Dispose() => _news.Dispose();

    private async Task WorkAsync()
    {
        await foreach (var candidate in _ready.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            _outcomes.Enqueue(await HandOverAsync(candidate).ConfigureAwait(false));
            if (Interlocked.Decrement(ref _inHand) == 0 || _outcomes.Count == 1 || _outcomes.Count >= watch.Lease.Slots)
            {
                _news.Wake();
            }
        }
    }

    private async Task<SendOutcome> HandOverAsync(Candidate candidate)
    {
        await services.NodeSlots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
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
            var result = await SendAsync(message).ConfigureAwait(false);
            return rules.Of(candidate, result, services.Time.GetUtcNow());
        }
        finally
        {
            services.NodeSlots.Release();
        }
    }

    private async Task<SendResult> SendAsync(OutgoingMessage message)
    {
        try
        {
            return await job.Sender.SendAsync(message, _abandon).ConfigureAwait(false);
        }
        catch (Exception surprise)
        {
            // Whatever went wrong, the provider may have the message.
            Log.SenderThrew(services.Logger, surprise);
            return new SendResult.InDoubt($"The sender threw {surprise.GetType().Name}.");
        }
    }

    /// <summary>The last look before the hand-over: between mark and here the world may have changed.</summary>
    private async Task<SendOutcome?> RefusalAsync(Candidate candidate)
    {
        var due = Later(candidate.AutomationPermit, candidate.ChannelPermit);
        var now = services.Time.GetUtcNow();
        if (due is { } at && at > now)
        {
            await Task.Delay(at - now, services.Time, _abandon).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        bool? may;
        while ((may = services.Control.MaySend(job.Execution.Number)) is null && watch.Holds && !_abandon.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), services.Time, _abandon).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        now = services.Time.GetUtcNow();
        if (may is not true || !watch.Holds || _abandon.IsCancellationRequested)
        {
            return SendOutcome.NotSent(candidate, now, candidate.Row.WaitingReason ?? ReasonCodes.Paused);
        }

        if (now >= candidate.AutomationPermit + PermitPocket.HourValidity)
        {
            return SendOutcome.NotSent(candidate, now, ReasonCodes.RateLimit);
        }

        if (now >= candidate.ChannelPermit + PermitPocket.SecondValidity)
        {
            return SendOutcome.NotSent(candidate, now, ReasonCodes.ChannelRate);
        }

        var suppression = services.Control.Suppression(candidate.Row.ContactId, candidate.Item.Suppression);
        return gate.Decide(candidate.Row, suppression, candidate.Item.ConversationAt, now) switch
        {
            GateDecision.Never never => SendOutcome.Never(candidate, never),
            GateDecision.Wait wait => SendOutcome.NotSent(candidate, wait.Until, wait.Reason),
            _ => null,
        };
    }

    private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) =>
        left is null ? right : right is null ? left : left > right ? left : right;
}
