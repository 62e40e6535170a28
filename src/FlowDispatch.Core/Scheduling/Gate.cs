using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;

namespace FlowDispatch.Scheduling;

/// <summary>The decisions about one recipient that need no shared permit: opt-out, expiry, window, open conversation. Pure.</summary>
internal sealed class Gate
{
    private readonly AutomationSettings _settings;
    private readonly SendingHours _hours;

    public Gate(Execution execution, FlowProgram program, Channel channel)
    {
        _settings = execution.Snapshot.Settings;
        _hours = new(_settings, execution.CreatedAt);
        NeedsConversation = channel.HasConversationWindow && !program.OpensWithTemplate;
    }

    /// <summary>Whether it matters to anybody when the person last wrote.</summary>
    public bool NeedsConversation { get; }

    /// <summary>When anybody at all can be decided about; <paramref name="now"/> where the window is open or each recipient's own clock decides.</summary>
    public DateTimeOffset OpensAt(DateTimeOffset now) => _hours.OpensAt(now);

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
            return GateDecision.Go.Plain;
        }

        // Whoever wrote by now is answered, by whichever clock they did so a moment ahead of this one.
        return _hours.Decide(row.TimeZone, at) ?? Decide(conversationAt is { } last ? new(DateTimeOffset.MinValue, last) : null, at);
    }

    /// <summary>Whether the recipient's first message, sent at <paramref name="at"/>, was the window policy's opening.</summary>
    public bool Opened(Recipient row, Conversation? conversation, DateTimeOffset at) =>
        row.FlowCurrentNode is null && Decide(conversation, at) is GateDecision.Go { Opening: true };

    private GateDecision Decide(Conversation? conversation, DateTimeOffset at)
    {
        if (!NeedsConversation || conversation?.IsOpenAt(at) is true)
        {
            return GateDecision.Go.Plain;
        }

        return _settings.WindowPolicy.Kind switch
        {
            WindowPolicyKind.Allow => GateDecision.Go.Plain,
            WindowPolicyKind.Template => GateDecision.Go.Opened,
            _ => new GateDecision.Never(ReasonCodes.ConversationClosed, "The person has not written within 24 hours, and the flow does not begin with a template."),
        };
    }
}
