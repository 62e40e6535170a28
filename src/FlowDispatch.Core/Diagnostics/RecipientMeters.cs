using System.Diagnostics.Metrics;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Diagnostics;

/// <summary>How many recipients this node has planned, sent to, and seen through to the end of their run.</summary>
/// <remarks>Rates to watch, not the books: a process that dies between a write and this leaves some uncounted. An execution's counters are exact.</remarks>
internal sealed class RecipientMeters(Meter meter)
{
    private readonly Counter<long> _planned = meter.CreateCounter<long>(
        "flowdispatch.recipients.planned", "{recipient}", "Recipients stored by planning, by what they begin as.");

    private readonly Counter<long> _sent = meter.CreateCounter<long>(
        "flowdispatch.recipients.sent", "{recipient}", "Recipients of whom the provider took a message for the first time in their run.");

    private readonly Counter<long> _ended = meter.CreateCounter<long>(
        "flowdispatch.recipients.ended", "{recipient}", "Recipients whose run ended, by the status it ended with.");

    /// <summary>Whether a recipient's move is worth looking at.</summary>
    public bool Enabled => _sent.Enabled || _ended.Enabled;

    /// <summary>A batch is stored. Whoever is in the execution already is left out by the store and counted here all the same.</summary>
    public void Planned(PlanBatch batch)
    {
        if (!_planned.Enabled)
        {
            return;
        }

        foreach (var group in batch.Recipients.CountBy(r => (r.Status, r.ErrorCode)))
        {
            var status = Tags.Of(Tags.Outcome, JsonText.Word(group.Key.Status));
            if (group.Key.Status == RecipientStatus.Pending)
            {
                _planned.Add(group.Value, status);
            }
            else
            {
                _planned.Add(group.Value, status, Tags.Of(Tags.ReasonCode, Tags.ReasonOf(group.Key.ErrorCode)));
            }
        }
    }

    /// <summary>A row was changed.</summary>
    public void Moved(Recipient before, Recipient after)
    {
        if (before.Reached < Milestone.Sent && after.Reached >= Milestone.Sent)
        {
            _sent.Add(1);
        }

        if (!before.Open || after.Open)
        {
            return;
        }

        var status = Tags.Of(Tags.Outcome, JsonText.Word(after.Status));
        if (after.Status is RecipientStatus.Failed or RecipientStatus.Skipped)
        {
            _ended.Add(1, status, Tags.Of(Tags.ReasonCode, Tags.ReasonOf(after.ErrorCode)));
        }
        else
        {
            _ended.Add(1, status);
        }
    }

    /// <summary>So many were closed because their execution was cancelled.</summary>
    /// <returns>The same number.</returns>
    public int Cancelled(int recipients)
    {
        if (recipients > 0)
        {
            _ended.Add(recipients, Tags.Of(Tags.Outcome, JsonText.Word(RecipientStatus.Cancelled)));
        }

        return recipients;
    }
}
