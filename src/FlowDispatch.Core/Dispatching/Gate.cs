using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Dispatching;

/// <summary>The decisions about one recipient that need no shared permit: opt-out, expiry, window, open conversation. Pure.</summary>
internal sealed class Gate
{
    private static readonly TimeSpan ConversationLength = TimeSpan.FromHours(24);

    private readonly AutomationSettings _settings;
    private readonly DateTimeOffset _startedAt;
    private readonly FlowProgram _program;
    private readonly bool _needsConversation;
    private readonly TimeZoneInfo _zone;

    public Gate(Execution execution, FlowProgram program, Channel channel)
    {
        _settings = execution.Snapshot.Settings;
        _startedAt = execution.CreatedAt;
        _program = program;
        _needsConversation = channel.HasConversationWindow && !program.OpensWithTemplate;
        _zone = LocalTime.FindZone(_settings.ExecutionTimeZone) ?? TimeZoneInfo.Utc;
    }

    /// <summary>When the automation's own window lets anybody go; <paramref name="now"/> where it is open, or each recipient's own clock decides.</summary>
    public DateTimeOffset OpensAt(DateTimeOffset now) =>
        _settings is { Window: { } window, WindowTimeZoneMode: WindowTimeZoneMode.Automation } ? window.NextOpening(now, _zone) : now;

    /// <summary>Whether the recipient's next message may leave at <paramref name="at"/>.</summary>
    /// <param name="row">The recipient.</param>
    /// <param name="suppression">What is known of its contact now.</param>
    /// <param name="conversationAt">When the person last wrote on the channel.</param>
    /// <param name="at">The instant of the hand-over.</param>
    public GateDecision Decide(Recipient row, ContactSuppression suppression, DateTimeOffset? conversationAt, DateTimeOffset at)
    {
        if (Eligibility.Refusal(suppression, _settings) is { } refusal)
        {
            return new GateDecision.Never(refusal.Code, refusal.Message);
        }

        if (row.FlowCurrentNode is not null)
        {
            // Later messages of a run answer to what came before; window, expiry and conversation are for the first.
            return new GateDecision.Go(false);
        }

        if (_settings.ExpiresAfter is { } lifetime && at >= _startedAt + lifetime)
        {
            return new GateDecision.Never(ReasonCodes.Expired, "It was not sent before the automation's expires_after ended.");
        }

        return Window(row, at) ?? Conversation(conversationAt, at);
    }

    /// <summary>Whether the recipient's first message, sent at <paramref name="at"/>, was the window policy's opening.</summary>
    public bool Opened(Recipient row, DateTimeOffset? conversationAt, DateTimeOffset at) =>
        row.FlowCurrentNode is null && Conversation(conversationAt, at) is GateDecision.Go { Opening: true };

    private GateDecision? Window(Recipient row, DateTimeOffset at)
    {
        if (_settings.Window is not { } window)
        {
            return null;
        }

        var own = _settings.WindowTimeZoneMode == WindowTimeZoneMode.Recipient ? LocalTime.FindZone(row.TimeZone) : _zone;
        if (own is null && _settings.UnknownTimeZone == UnknownTimeZonePolicy.Skip)
        {
            return new GateDecision.Never(ReasonCodes.UnknownTimeZone, "The contact's time zone is unknown.");
        }

        var opening = window.NextOpening(at, own ?? _zone);
        return opening > at ? new GateDecision.Wait(opening, ReasonCodes.OutsideWindow) : null;
    }

    private GateDecision Conversation(DateTimeOffset? conversationAt, DateTimeOffset at)
    {
        if (!_needsConversation || (conversationAt is { } last && at < last + ConversationLength))
        {
            return new GateDecision.Go(false);
        }

        return _settings.WindowPolicy.Kind switch
        {
            WindowPolicyKind.Allow => new GateDecision.Go(false),
            WindowPolicyKind.Template => new GateDecision.Go(true),
            _ => new GateDecision.Never(ReasonCodes.ConversationClosed, "The person has not written within 24 hours, and the flow does not begin with a template."),
        };
    }
}
