using System.Diagnostics.Metrics;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Diagnostics;

/// <summary>Receipts and replies on their way in, and what they settle.</summary>
internal sealed class InboxMeters(Meter meter, RecipientMeters recipients)
{
    private readonly Counter<long> _events = meter.CreateCounter<long>(
        "flowdispatch.inbox.events", "{event}", "Receipts and replies kept in the inbox.");

    private readonly Counter<long> _settled = meter.CreateCounter<long>(
        "flowdispatch.inbox.settled", "{event}", "Receipts and replies that left the inbox.");

    public void Kept(IReadOnlyCollection<InboundEvent> events)
    {
        if (!_events.Enabled)
        {
            return;
        }

        foreach (var kind in events.CountBy(e => e is InboundEvent.Reply ? "reply" : "receipt"))
        {
            _events.Add(kind.Value, Tags.Of(Tags.EventKind, kind.Key));
        }
    }

    /// <summary>They were about somebody, and that is written.</summary>
    public void Settled(int events) => Leave(events, "settled");

    /// <summary>They were about nobody for too long, or could not be settled.</summary>
    public void Dropped(int events) => Leave(events, "dropped");

    /// <summary>Sees what transitions do, so that it can be counted once they are written; null where nobody listens.</summary>
    public Watch? Watching() => recipients.Enabled ? new(recipients) : null;

    private void Leave(int events, string outcome)
    {
        if (events > 0)
        {
            _settled.Add(events, Tags.Of(Tags.Outcome, outcome));
        }
    }

    /// <summary>Remembers what each transition of one write did last: a store may ask a decision again.</summary>
    internal sealed class Watch(RecipientMeters recipients)
    {
        private readonly List<(Recipient Before, Recipient After)?> _moves = [];

        /// <summary>The same transition, watched.</summary>
        public RecipientTransition Over(RecipientTransition transition)
        {
            var place = _moves.Count;
            _moves.Add(null);
            return transition with
            {
                Decide = situation =>
                {
                    var change = transition.Decide(situation);
                    _moves[place] = change is null ? null : (situation.Recipient, change.After);
                    return change;
                },
            };
        }

        /// <summary>They are written.</summary>
        public void Written() => _moves.OfType<(Recipient Before, Recipient After)>().ToList().ForEach(m => recipients.Moved(m.Before, m.After));
    }
}
