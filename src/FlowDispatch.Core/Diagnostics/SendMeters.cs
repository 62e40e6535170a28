using System.Diagnostics;
using System.Diagnostics.Metrics;
using FlowDispatch.Dispatching;
using FlowDispatch.Sending;

namespace FlowDispatch.Diagnostics;

/// <summary>What senders are asked, how long they take and what they answer.</summary>
internal sealed class SendMeters(Meter meter)
{
    private const string InDoubt = "in_doubt";

    private readonly Counter<long> _attempts = meter.CreateCounter<long>(
        "flowdispatch.attempts", "{attempt}", "Marked messages by what became of them.");

    private readonly Histogram<double> _duration = meter.CreateHistogram(
        "flowdispatch.send.duration", "s", "How long senders took to answer.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60] });

    private readonly UpDownCounter<long> _active = meter.CreateUpDownCounter<long>(
        "flowdispatch.sends.active", "{message}", "Messages in senders' hands.");

    /// <summary>Hands a message to its sender, with a span and a measurement where somebody listens.</summary>
    public Task<SendResult> SendAsync(RunnerJob job, OutgoingMessage message, ActivityContext run, TimeProvider time, CancellationToken cancellationToken) =>
        _duration.Enabled || _active.Enabled || Spans.Listened
            ? WatchedAsync(job, message, run, time, cancellationToken)
            : job.Sender.SendAsync(message, cancellationToken);

    /// <summary>Counts what became of a marked message.</summary>
    public void Counted(string kind, SendOutcome outcome)
    {
        if (_attempts.Enabled)
        {
            var (word, type) = Words(outcome.Result);
            var tags = new TagList { Tags.Of(Tags.ChannelKind, kind), Tags.Of(Tags.Outcome, word) };
            if (type is not null)
            {
                tags.Add(Tags.ErrorType, type);
            }

            if (outcome.Result is null)
            {
                var after = outcome.Change(outcome.Candidate.Row).After;
                tags.Add(Tags.ReasonCode, Tags.ReasonOf(after.Open ? after.WaitingReason : after.ErrorCode));
            }

            _attempts.Add(1, tags);
        }
    }

    private async Task<SendResult> WatchedAsync(RunnerJob job, OutgoingMessage message, ActivityContext run, TimeProvider time, CancellationToken cancellationToken)
    {
        var kind = Tags.Of(Tags.ChannelKind, message.Channel.Kind);
        using var span = Spans.Send(job.Execution, message, run);
        var started = time.GetTimestamp();
        _active.Add(1, kind);
        try
        {
            var result = await job.Sender.SendAsync(message, cancellationToken).ConfigureAwait(false);
            var (word, type) = Words(result);
            Spans.Answered(span, word, type);
            _duration.Record(time.GetElapsedTime(started).TotalSeconds, kind, Tags.Of(Tags.Outcome, word));
            return result;
        }
        catch (Exception surprise)
        {
            // Whoever called takes it for a message in doubt.
            Spans.Answered(span, InDoubt, surprise.GetType().FullName);
            _duration.Record(time.GetElapsedTime(started).TotalSeconds, kind, Tags.Of(Tags.Outcome, InDoubt));
            throw;
        }
        finally
        {
            _active.Add(-1, kind);
        }
    }

    private static (string Outcome, string? ErrorType) Words(SendResult? result) => result switch
    {
        null => ("not_sent", null),
        SendResult.Accepted => ("accepted", null),
        SendResult.Rejected rejected => ("rejected", rejected.Code),
        SendResult.Failed failed => ("failed", failed.Code),
        SendResult.Throttled throttled => ("throttled", throttled.Code),
        SendResult.ChannelRefused refused => ("channel_refused", refused.Code),
        SendResult.InDoubt => (InDoubt, null),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "A sender answers with one of the cases of SendResult."),
    };
}
