using System.Diagnostics.Metrics;
using FlowDispatch.Storage;

namespace FlowDispatch.Diagnostics;

/// <summary>The writes of this node's runners: how long, how large, and what they did to people.</summary>
internal sealed class CommitMeters(Meter meter, RecipientMeters recipients)
{
    private readonly Histogram<double> _duration = meter.CreateHistogram(
        "flowdispatch.commit.duration", "s", "How long the store took for a write of marks and outcomes.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private readonly Histogram<long> _size = meter.CreateHistogram(
        "flowdispatch.commit.size", "{recipient}", "How many marks and outcomes a write carried.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500] });

    /// <summary>The store answered.</summary>
    /// <returns>The same answer.</returns>
    public bool Answered(bool written, DispatchCommit commit, TimeSpan took)
    {
        _duration.Record(took.TotalSeconds, Tags.Of(Tags.Outcome, written ? "written" : "refused"));
        if (!written)
        {
            return false;
        }

        _size.Record(commit.Marks.Count + commit.Changes.Count);
        if (recipients.Enabled)
        {
            foreach (var change in commit.Changes)
            {
                // The row as it was claimed; a receipt that came in between is counted where it was settled.
                recipients.Moved(change.Claimed, change.Decide(change.Claimed).After);
            }
        }

        return true;
    }
}
