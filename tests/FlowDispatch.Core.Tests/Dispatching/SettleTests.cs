using FlowDispatch.Automations;
using FlowDispatch.Dispatching;
using FlowDispatch.Doubts;
using FlowDispatch.Flows;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>What is done with somebody in doubt, in minutes since the doubt began: the grace time is two, the deadline is sixty.</summary>
public sealed class SettleTests
{
    private static readonly DateTimeOffset Since = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    // Within the grace time a receipt is waited for, whatever else.
    [InlineData(InDoubtPolicy.Hold, 0, Evidence.Found, "wait 2")]
    [InlineData(InDoubtPolicy.Repeat, 1.9, Evidence.None, "wait 2")]
    // Then evidence repeats, whatever the policy.
    [InlineData(InDoubtPolicy.Hold, 2, Evidence.Found, "repeat on evidence")]
    [InlineData(InDoubtPolicy.Repeat, 2, Evidence.Found, "repeat on evidence")]
    [InlineData(InDoubtPolicy.Hold, 70, Evidence.Found, "repeat on evidence")]
    // Without it the deadline is waited for.
    [InlineData(InDoubtPolicy.Hold, 2, Evidence.None, "wait 60")]
    [InlineData(InDoubtPolicy.Repeat, 59.9, Evidence.None, "wait 60")]
    [InlineData(InDoubtPolicy.Hold, 60, Evidence.None, "hold")]
    [InlineData(InDoubtPolicy.Repeat, 60, Evidence.None, "repeat by policy")]
    // Where it can't be told yet it is asked again soon, and a moment longer than the deadline.
    [InlineData(InDoubtPolicy.Hold, 2, Evidence.NotYet, "wait 2.083")]
    [InlineData(InDoubtPolicy.Repeat, 60.4, Evidence.NotYet, "wait 60.483")]
    [InlineData(InDoubtPolicy.Hold, 60.5, Evidence.NotYet, "hold")]
    [InlineData(InDoubtPolicy.Repeat, 60.5, Evidence.NotYet, "repeat by policy")]
    public void A_sender_with_receipts_waits_for_the_grace_time_for_evidence_and_for_the_deadline(InDoubtPolicy policy, double minutes, object evidence, string outcome) =>
        Assert.Equal(outcome, Settle(Rules(policy), Row(), minutes, (Evidence)evidence));

    [Theory]
    [InlineData(InDoubtPolicy.Hold, 1.9, "wait 2")]
    [InlineData(InDoubtPolicy.Hold, 2, "hold")]
    [InlineData(InDoubtPolicy.Repeat, 2, "repeat by policy")]
    public void Without_receipts_the_policy_decides_after_the_grace_time(InDoubtPolicy policy, double minutes, string outcome)
    {
        var rules = Rules(policy, SenderCapabilities.None);

        Assert.Null(rules.SpanOf(Row(), At(minutes)));
        Assert.Equal(outcome, Settle(rules, Row(), minutes, Evidence.None));
    }

    [Theory]
    [InlineData(true, 2, 3)]
    [InlineData(true, 0, 1)]
    [InlineData(false, 5, 1)]
    public void Where_no_retry_is_left_no_evidence_is_asked_for_and_it_is_held(bool retryFailed, int maxRetries, int stepAttempts)
    {
        var rules = Rules(InDoubtPolicy.Repeat, settings: s => s with { RetryFailed = retryFailed, MaxRetries = maxRetries });
        var row = Row() with { StepAttempts = stepAttempts };

        Assert.Null(rules.SpanOf(row, At(2)));
        Assert.Equal("wait 60", Settle(rules, row, 2, Evidence.None));
        Assert.Equal("hold", Settle(rules, row, 60, Evidence.None));
    }

    [Fact]
    public void A_sender_with_idempotent_sends_repeats_at_once_under_the_same_attempt()
    {
        var rules = Rules(InDoubtPolicy.Hold, SenderCapabilities.IdempotentSends | SenderCapabilities.Receipts);

        Assert.Null(rules.SpanOf(Row(), At(5)));
        Assert.Null(rules.Settle(Row(), At(0), Evidence.None));
    }

    [Fact]
    public void A_receipt_that_comes_between_decision_and_write_stands()
    {
        var settled = Row() with { Status = RecipientStatus.Delivered, InDoubtSince = null, NextAttemptAt = At(1) };
        foreach (var (minutes, evidence) in new[] { (0.0, Evidence.None), (2, Evidence.Found), (2, Evidence.None), (60, Evidence.None) })
        {
            var change = Rules(InDoubtPolicy.Repeat).Settle(Row(), At(minutes), evidence)!(settled);

            Assert.Equal((settled, At(minutes)), (change.After, change.DueAt));
        }
    }

    [Fact]
    public void Evidence_must_reach_from_the_hand_over_to_the_end_of_the_grace_time()
    {
        var row = Row() with { AttemptedAt = At(-0.5) };

        Assert.Null(Rules(InDoubtPolicy.Hold).SpanOf(row, At(1.99)));
        Assert.Equal(new EvidenceSpan(At(-0.5), At(-0.5), At(2)), Rules(InDoubtPolicy.Hold).SpanOf(row, At(2)));
    }

    [Fact]
    public void Where_a_process_died_evidence_must_reach_back_two_leases_and_the_longest_call_or_to_the_planning()
    {
        Assert.Equal(new EvidenceSpan(At(-6), Since, At(2)), Rules(InDoubtPolicy.Hold).SpanOf(Row(), At(2)));
        Assert.Equal(new EvidenceSpan(At(-3), Since, At(2)), Rules(InDoubtPolicy.Hold).SpanOf(Row() with { CreatedAt = At(-3) }, At(2)));
    }

    [Theory]
    [InlineData(SenderCapabilities.Receipts, 3, 2)]
    [InlineData(SenderCapabilities.Receipts, 0, 60)]
    [InlineData(SenderCapabilities.None, 3, 2)]
    public void A_doubt_is_first_looked_at_when_something_can_be_decided(SenderCapabilities capabilities, int maxRetries, double minutes)
    {
        var row = Row() with { Status = RecipientStatus.Pending, InDoubtSince = null, Attempts = 0, StepAttempts = 0 };
        var candidate = new Candidate(new WorkItem(row, default, null, FromQueue: false), "m0", 0) { HandedOverAt = At(-0.25) };

        var change = Outcomes(Rules(InDoubtPolicy.Hold, capabilities, s => s with { MaxRetries = maxRetries })).Of(candidate, new SendResult.InDoubt("?"), Since).Change(row);

        Assert.Equal((At(minutes), At(-0.25)), (change.DueAt, change.After.AttemptedAt));
    }

    private static DateTimeOffset At(double minutes) => Since.AddMinutes(minutes);

    [Theory]
    [InlineData(InDoubtPolicy.Repeat, 100, Evidence.None, "wait 101")]
    [InlineData(InDoubtPolicy.Repeat, 101, Evidence.None, "repeat by policy")]
    [InlineData(InDoubtPolicy.Repeat, 100, Evidence.Found, "repeat on evidence")]
    [InlineData(InDoubtPolicy.Hold, 100, Evidence.None, "hold")]
    public void Where_the_host_was_away_over_the_deadline_the_policy_waits_for_what_the_provider_tells_again(InDoubtPolicy policy, double minutes, object evidence, string outcome) =>
        Assert.Equal(outcome, Settle(Rules(policy, started: 99), Row(), minutes, (Evidence)evidence));

    private static DoubtRules Rules(
        InDoubtPolicy policy, SenderCapabilities capabilities = SenderCapabilities.Receipts, Func<AutomationSettings, AutomationSettings>? settings = null, double started = -60) =>
        new(EngineHost.Settings(settings), new() { InDoubtPolicy = policy }, capabilities, At(started));

    private static OutcomeRules Outcomes(DoubtRules doubts)
    {
        var settings = EngineHost.Settings();
        var program = new FlowProgram(new() { Settings = settings, FlowVersion = 1, FlowNodes = EngineHost.Says("Hello") }, new LiquidTemplateEngine(new(), TimeProvider.System));
        return new(program, settings, doubts, new Random(1));
    }

    private static Recipient Row() => new()
    {
        Id = RecipientId.Create(1, 0, Since),
        ExecutionId = default,
        ContactId = default,
        PhoneNumber = "5511900000000",
        Status = RecipientStatus.InDoubt,
        Attempts = 1,
        StepAttempts = 1,
        InDoubtSince = Since,
        CreatedAt = Since.AddHours(-1),
    };

    private static string Settle(DoubtRules rules, Recipient row, double minutes, Evidence evidence)
    {
        var change = rules.Settle(row, At(minutes), evidence)!(row);
        return change.After switch
        {
            { Open: false } => "hold",
            { Status: RecipientStatus.InDoubt, WaitingReason: ReasonCodes.AwaitingReceipt } => $"wait {(change.DueAt!.Value - Since).TotalMinutes.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)}",
            { Status: RecipientStatus.Pending, ErrorCode: ReasonCodes.InDoubtRepeated } again => again.ErrorMessage!.Contains("policy", StringComparison.Ordinal) ? "repeat by policy" : "repeat on evidence",
            var other => other.ToString(),
        };
    }
}
