using FlowDispatch.Doubts;
using FlowDispatch.Storage;

namespace FlowDispatch.Tests.Tracking;

/// <summary>Times are seconds: the attempt is handed over at 100, and its grace time ends at 200.</summary>
public sealed class ReceiptEvidenceTests
{
    private static readonly DateTimeOffset Zero = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Receipts_that_came_in_all_the_time_also_for_a_later_attempt_prove_it()
    {
        Assert.Equal(Evidence.Found, Judge(Up(0, 200)));
        Assert.Equal(Evidence.Found, Judge(Up(100, 205)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(99.0)]
    [InlineData(100.0)]
    public void Without_a_receipt_for_a_later_attempt_silence_proves_nothing(double? latest) =>
        Assert.Equal(Evidence.None, ReceiptEvidence.Judge(Record(205, latest, [Up(0, 203)]), Span()));

    [Fact]
    public void Without_any_receiver_silence_proves_nothing() => Assert.Equal(Evidence.None, Judge());

    [Fact]
    public void A_receiver_that_began_after_the_attempt_was_not_there_in_time() => Assert.Equal(Evidence.None, Judge(Up(101, 203)));

    [Fact]
    public void A_receiver_whose_beat_is_still_to_come_may_be_up()
    {
        Assert.Equal(Evidence.NotYet, Judge(Up(0, 199)));
        Assert.Equal(Evidence.NotYet, JudgeAt(214, Up(0, 199)));
        Assert.Equal(Evidence.None, JudgeAt(214.1, Up(0, 199)));
    }

    [Theory]
    [InlineData(84, Evidence.Found)]
    [InlineData(85, Evidence.None)]
    [InlineData(150, Evidence.None)]
    [InlineData(189, Evidence.None)]
    [InlineData(200, Evidence.Found)]
    public void A_crash_of_any_receiver_is_an_outage_if_it_may_have_been_within_that_time(double lastBeat, object evidence) =>
        Assert.Equal(evidence, Judge(Up(0, 205), Up(0, lastBeat)));

    [Fact]
    public void A_gap_is_an_outage_though_the_receiver_came_back() => Assert.Equal(Evidence.None, Judge(Up(0, 120), Up(140, 205)));

    [Fact]
    public void A_clean_stop_is_none_as_long_as_another_was_up_all_the_time()
    {
        Assert.Equal(Evidence.Found, Judge(Up(0, 205), Stopped(0, 150)));
        Assert.Equal(Evidence.Found, Judge(Stopped(0, 150), Up(149, 205)));
        Assert.Equal(Evidence.Found, Judge(Stopped(0, 120), Stopped(110, 160), Up(155, 205)));
        Assert.Equal(Evidence.None, Judge(Stopped(0, 150), Up(151, 205)));
        Assert.Equal(Evidence.None, Judge(Stopped(0, 199)));
        Assert.Equal(Evidence.Found, Judge(Stopped(0, 200)));
    }

    [Fact]
    public void A_short_stretch_inside_a_longer_one_takes_nothing_away() =>
        Assert.Equal(Evidence.Found, Judge(Stopped(0, 150), Stopped(20, 110), Up(140, 205)));

    [Fact]
    public void Before_the_grace_time_has_ended_nothing_is_told() => Assert.Equal(Evidence.NotYet, JudgeAt(199.9, Up(0, 199)));

    [Fact]
    public void What_came_in_and_is_not_settled_may_be_its_receipt() =>
        Assert.Equal(Evidence.NotYet, ReceiptEvidence.Judge(Record(205, 150, [Up(0, 205)]) with { Unsettled = true }, Span()));

    [Fact]
    public void About_what_is_longer_ago_than_stretches_are_kept_nothing_is_known()
    {
        var kept = ReceiverStretch.Kept.TotalSeconds;

        Assert.Equal(Evidence.Found, JudgeAt(100 + kept, Up(0, 100 + kept)));
        Assert.Equal(Evidence.None, JudgeAt(100.1 + kept, Up(0, 100 + kept)));
    }

    [Fact]
    public void Where_the_hand_over_is_not_known_the_outage_counts_from_its_earliest_and_the_later_attempt_from_its_latest_time()
    {
        var span = Span() with { After = At(130) };

        Assert.Equal(Evidence.None, ReceiptEvidence.Judge(Record(205, 130, [Up(0, 205)]), span));
        Assert.Equal(Evidence.Found, ReceiptEvidence.Judge(Record(205, 131, [Up(0, 205)]), span));
        Assert.Equal(Evidence.None, ReceiptEvidence.Judge(Record(205, 131, [Up(110, 205)]), span));
    }

    private static DateTimeOffset At(double seconds) => Zero.AddSeconds(seconds);

    private static EvidenceSpan Span() => new(At(100), At(100), At(200));

    private static ReceiverStretch Up(double since, double lastBeat) => new(At(since), At(lastBeat), Ended: false);

    private static ReceiverStretch Stopped(double since, double lastBeat) => new(At(since), At(lastBeat), Ended: true);

    private static ReceiptRecord Record(double now, double? latest, IReadOnlyList<ReceiverStretch> stretches) =>
        new() { Now = At(now), Stretches = stretches, LatestAttemptAt = latest is { } at ? At(at) : null, Unsettled = false };

    private static Evidence Judge(params ReceiverStretch[] stretches) => JudgeAt(205, stretches);

    private static Evidence JudgeAt(double now, params ReceiverStretch[] stretches) => ReceiptEvidence.Judge(Record(now, 101, stretches), Span());
}
