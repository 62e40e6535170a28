using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Diagnostics;
using FlowDispatch.Doubts;
using FlowDispatch.Executions;
using FlowDispatch.Limits;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Templating;

namespace FlowDispatch.Dispatching;

/// <summary>Asks for each candidate, in this order: what it is due for, the gate, its text, the automation's permit, the channel's, the frequency cap.</summary>
internal sealed class GateKeeper
{
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(20);

    private readonly RunnerServices _services;
    private readonly RunnerJob _job;
    private readonly LeaseWatch _watch;
    private readonly DoubtRules _doubts;
    private readonly PermitPocket? _automation;
    private readonly ChannelPermits? _channel;
    private readonly FrequencyCaps? _caps;
    private readonly string _channelKey;
    private Permit? _turn;
    private Permit? _channelTurn;
    private DateTimeOffset _channelHeldUntil = DateTimeOffset.MinValue;

    public GateKeeper(RunnerServices services, RunnerJob job, LeaseWatch watch, DoubtRules doubts)
    {
        _watch = watch;
        _services = services;
        _job = job;
        _doubts = doubts;
        _channelKey = LimitKeys.Channel(job.Channel.Id);
        Gate = new(job.Execution, job.Program, job.Channel);
        var limits = services.Store.Limits;
        _automation = job.Execution.Snapshot.Settings.RateLimitPerHour is { } perHour
            ? PermitPocket.PerHour(limits, $"automation:{job.Execution.AutomationId}", perHour, services.Time)
            : null;
        _channel = job.Channel.MessagesPerSecond is { } perSecond
            ? services.Channels.GetOrAdd(_channelKey, key => new(limits, key, perSecond, services.Time))
            : null;
        _caps = job.Execution.Snapshot.Settings.FrequencyCap is { } cap ? new(services.Store, job.Channel.Id, cap) : null;
    }

    public Gate Gate { get; }

    /// <summary>May this candidate be marked now?</summary>
    public async ValueTask<Pass> AskAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        var now = candidate.Now(_services.Time);
        if (await ContinueAsync(candidate, now, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return new Pass.Written(known);
        }

        var suppression = _services.Control.Suppression(candidate.Row.ContactId, candidate.Item.Suppression);
        switch (Gate.Decide(candidate.Row, suppression, candidate.Item.ConversationAt, now))
        {
            case GateDecision.Never never:
                return Skipped(never);
            case GateDecision.Wait wait:
                return Deferred(wait.Until, wait.Reason);
            case GateDecision.Go go:
                if (Write(candidate, go) is { } broken)
                {
                    return Failed(broken, now);
                }

                break;
        }

        // What this node heard itself, and what others told the store.
        if ((_services.Control.HeldUntil(_channelKey) is { } held && held > _channelHeldUntil ? held : _channelHeldUntil) is var until && now < until)
        {
            return new Pass.Later(until);
        }

        return await PermitAsync(candidate, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a sender's answer means for others: a throttled channel rests, a refused one pauses the execution, a refusal gives the cap back.</summary>
    /// <remarks>Only hints are lost where the store fails here: the next answer of the same kind says it again, and a cap counts one too many.</remarks>
    public Task HearAsync(SendOutcome outcome) => outcome.Result is SendResult.Accepted ? Task.CompletedTask : HearOfAsync(outcome);

    private async Task HearOfAsync(SendOutcome outcome)
    {
        try
        {
            await TellAsync(outcome).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Log.StoreFailed(_services.Logger, failure, _job.Execution.Id);
        }
    }

    // What it says of an opening that was due before is no text for a message that is due now, nor the other way round.
    private TemplateRenderException? Write(Candidate candidate, GateDecision.Go go)
    {
        try
        {
            if (candidate.Content is null || candidate.Opening != go.Opening)
            {
                candidate.Opening = go.Opening;
                candidate.Content = _job.Program.Render(candidate.Node, go.Opening, candidate.Row.Variables);
            }

            return null;
        }
        catch (TemplateRenderException broken)
        {
            return broken;
        }
        catch (Exception surprise)
        {
            // Of a host's own engine: it would throw again at every turn, and nobody behind this one would ever go.
            return new TemplateRenderException($"The template engine threw {surprise.GetType().Name}.", surprise);
        }
    }

    private async Task TellAsync(SendOutcome outcome)
    {
        switch (outcome.Result)
        {
            case null when outcome.Candidate.AutomationPermit is { } unused:
                // The channel's may have ended while the mark was written: an hour has few enough of these. It goes before the next.
                _automation!.Keep(unused);
                if (_turn is { } next)
                {
                    _automation.Keep(next);
                    _turn = null;
                }

                break;
            case SendResult.Throttled throttled:
                var until = _services.Time.GetUtcNow() + throttled.RetryAfter;
                _channelHeldUntil = until > _channelHeldUntil ? until : _channelHeldUntil;
                await _services.Store.Limits.HoldAsync(_channelKey, until, CancellationToken.None).ConfigureAwait(false);
                break;
            case SendResult.ChannelRefused refused:
                await PauseAsync(refused).ConfigureAwait(false);
                break;
        }

        // Not when the lease is gone: another node may have sent this very attempt meanwhile. And not for the repetition of an
        // attempt in doubt: that it was not taken tells nothing of the first time.
        if (outcome.Result is not SendResult.InDoubt && _watch.Holds && outcome.Candidate.Row.Status != RecipientStatus.InDoubt)
        {
            await UncountAsync(outcome.Candidate).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(SendResult.ChannelRefused refused)
    {
        Log.ChannelRefused(_services.Logger, _job.Execution.Id, refused.Code);
        await _services.Store.Executions.UpdateAsync(
            _job.Execution.OrganizationId,
            _job.Execution.Id,
            e => e.Status == ExecutionStatus.Running
                ? e with { Status = ExecutionStatus.Paused, StatusReason = ChannelHealthReader.RefusalOf(refused.Code, refused.Reason) }
                : e,
            CancellationToken.None).ConfigureAwait(false);
        await _services.Control.ReadAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private ValueTask<Func<Recipient, RecipientChange>?> ContinueAsync(Candidate candidate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = candidate.Row;
        if (row.Status == RecipientStatus.InDoubt)
        {
            return SettleAsync(candidate, now, cancellationToken);
        }

        if (row.WaitingReason == ReasonCodes.AwaitingReceipt)
        {
            return TakenAsync(candidate, now, cancellationToken);
        }

        if (row.WaitingReason == ReasonCodes.AwaitingReply)
        {
            return new(Unanswered(now));
        }

        return new(_job.Program.StepTo(candidate.Node) is RunStep.End end ? Advanced(end, now) : null);
    }

    // A receipt, or a person, settled that its message was taken: the run goes on behind that message.
    private async ValueTask<Func<Recipient, RecipientChange>?> TakenAsync(Candidate candidate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (row, sentAt) = (candidate.Row, candidate.Row.SentAt ?? now);
        Conversation? conversation = candidate.Item.ConversationAt is { } last ? new(last, last) : null;
        if (row.FlowCurrentNode is null && conversation?.At > sentAt)
        {
            // The person has written since. Whether that answers the opening, or goes on with what they began before, tells its beginning.
            var known = await _services.Store.Contacts.FindConversationsAsync(_job.Channel.Id, [row.ContactId], cancellationToken).ConfigureAwait(false);
            conversation = known.TryGetValue(row.ContactId, out var whole) ? whole : null;
        }

        return Advanced(_job.Program.After(candidate.Node, Gate.Opened(row, conversation, sentAt), now), now);
    }

    private async ValueTask<Func<Recipient, RecipientChange>?> SettleAsync(Candidate candidate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = candidate.Row;
        var evidence = _doubts.SpanOf(row, now) is { } span
            ? await ReceiptEvidence.FindAsync(_services.Store.Receivers, _job.Channel.Id, new(row.Id, row.Attempts), span, cancellationToken).ConfigureAwait(false)
            : Evidence.None;
        var settled = _doubts.Settle(row, now, evidence);
        candidate.Attempt = settled is null ? row.Attempts : candidate.Attempt;
        return settled;
    }

    // Each in a method of its own: whoever passes, which is nearly everybody, pays for none of their closures.
    private static Func<Recipient, RecipientChange> Advanced(RunStep next, DateTimeOffset now) => claimed => RecipientRules.Advance(claimed, now, next);

    private static Func<Recipient, RecipientChange> Unanswered(DateTimeOffset now) => claimed => claimed.WaitingReason == ReasonCodes.AwaitingReply
        ? RecipientRules.NoResponse(claimed)
        : new() { After = claimed, DueAt = now };

    private static Pass.Written Skipped(GateDecision.Never never) => new(row => RecipientRules.Skip(row, never.Code, never.Message));

    private static Pass.Written Deferred(DateTimeOffset until, string reason) => new(row => RecipientRules.Defer(row, until, reason));

    private static Pass.Written Failed(TemplateRenderException broken, DateTimeOffset now) =>
        new(row => RecipientRules.Failed(row, ReasonCodes.TemplateError, broken.Message, now, null));

    // What is taken and not used is kept for whoever passes next: the automation's turn, the channel's, and then the cap,
    // which is counted last, so that it counts at the hand-over and not long before.
    private async ValueTask<Pass> PermitAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        if (_automation is not null)
        {
            if (_turn?.IsVoid(_services.Time) is not false)
            {
                _turn = await _automation.TakeAsync(cancellationToken).ConfigureAwait(false);
            }

            if (_turn is not { } turn)
            {
                return new Pass.Later(_automation.NextAt);
            }

            // Nobody is marked long before the turn comes: a crash would leave them in doubt, and a channel's permit, which
            // holds only for a moment, would be void by then.
            var left = turn.DueIn(_services.Time);
            if (left > Lead)
            {
                return new Pass.Later(_services.Time.GetUtcNow() + left - Lead);
            }
        }

        if (_channel is not null)
        {
            if (_channelTurn?.IsVoid(_services.Time) is not false)
            {
                _channelTurn = await _channel.TakeAsync(_job.Execution.Number, candidate.Row.FlowCurrentNode is not null, cancellationToken).ConfigureAwait(false);
            }

            if (_channelTurn is not { } channelTurn)
            {
                return new Pass.Later(_channel.NextAt());
            }

            // Both must hold at the hand-over, or the one that does is lost with the other.
            if (_turn?.EndsBefore(channelTurn, _services.Time) is true)
            {
                _turn = null;
                return await PermitAsync(candidate, cancellationToken).ConfigureAwait(false);
            }

            if (_turn is { } coming && channelTurn.EndsBefore(coming, _services.Time))
            {
                _channelTurn = null;
                return await PermitAsync(candidate, cancellationToken).ConfigureAwait(false);
            }
        }

        if (await CapAsync(candidate, cancellationToken).ConfigureAwait(false) is { } over)
        {
            return over;
        }

        (candidate.AutomationPermit, candidate.ChannelPermit, _turn, _channelTurn) = (_turn, _channelTurn, null, null);
        return Pass.Marked;
    }

    private async ValueTask<Pass?> CapAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        if (candidate.Row.FlowCurrentNode is not null || _caps is null)
        {
            return null;
        }

        // A hand-over follows its count within the caps' lag or does not happen, so the time between two counts is that much longer
        // than the time that must lie between two hand-overs.
        var counted = _services.Time.GetTimestamp();
        if (await _caps.CountAsync(candidate.Row.ContactId, Holder(candidate), _services.Time.GetUtcNow(), cancellationToken).ConfigureAwait(false) is { } until)
        {
            return Deferred(until, ReasonCodes.FrequencyCap);
        }

        candidate.CappedAt = counted;
        return null;
    }

    private async Task UncountAsync(Candidate candidate)
    {
        if (candidate.CappedAt is not null)
        {
            candidate.CappedAt = null;
            await _caps!.UncountAsync(candidate.Row.ContactId, Holder(candidate), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static string Holder(Candidate candidate) => new AttemptId(candidate.Row.Id, candidate.Attempt).ToString();

    /// <summary>The answer to <see cref="AskAsync"/>.</summary>
    public abstract record Pass
    {
        private Pass()
        {
        }

        /// <summary>It may go, once its mark is written.</summary>
        public static Pass Marked { get; } = new Go();

        /// <summary>Nobody of this execution may go before then.</summary>
        public sealed record Later(DateTimeOffset At) : Pass;

        /// <summary>It does not go now; this is what becomes of it.</summary>
        public sealed record Written(Func<Recipient, RecipientChange> Change) : Pass;

        private sealed record Go : Pass;
    }
}
