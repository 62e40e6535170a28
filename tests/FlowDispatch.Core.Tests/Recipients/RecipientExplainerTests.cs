using System.Reflection;
using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Tests.Recipients;

public sealed class RecipientExplainerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly Recipient Row = new()
    {
        Id = RecipientId.Create(1, 0, Noon),
        ExecutionId = default,
        ContactId = new ContactId(Guid.Empty),
        PhoneNumber = "5511888888888",
        CreatedAt = Noon,
    };

    public static TheoryData<string> Reasons =>
        [.. typeof(ReasonCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_of_our_own_has_words(string code)
    {
        var waiting = RecipientExplainer.Explain(Row with { WaitingReason = code, NextAttemptAt = Noon.AddHours(1) }, Running(), Noon);
        var skipped = RecipientExplainer.Explain(Row with { Status = RecipientStatus.Skipped, ErrorCode = code }, Running(), Noon);

        Assert.Equal((code, Noon.AddHours(1)), (waiting.Code, waiting.NextEligibleAt));
        Assert.Equal(code, skipped.Code);
        Assert.NotEqual(skipped.TextEn, skipped.TextPt);
    }

    [Theory]
    [InlineData(RecipientStatus.Sending, "sending")]
    [InlineData(RecipientStatus.InDoubt, "awaiting_receipt")]
    [InlineData(RecipientStatus.Sent, "sent")]
    [InlineData(RecipientStatus.Delivered, "delivered")]
    [InlineData(RecipientStatus.Read, "read")]
    [InlineData(RecipientStatus.Replied, "replied")]
    [InlineData(RecipientStatus.Completed, "completed")]
    [InlineData(RecipientStatus.Cancelled, "cancelled")]
    [InlineData(RecipientStatus.Failed, "provider_error")]
    public void Every_status_has_words(RecipientStatus status, string code)
    {
        Assert.Equal(code, RecipientExplainer.Explain(Row with { Status = status, ErrorCode = "131026" }, Running(), Noon).Code);
    }

    [Fact]
    public void A_doubt_that_nobody_looks_at_any_more_waits_for_a_person()
    {
        Assert.Equal("in_doubt", RecipientExplainer.Explain(Row with { Status = RecipientStatus.InDoubt, Open = false }, Running(), Noon).Code);
    }

    [Fact]
    public void Who_is_due_outside_the_window_waits_for_its_opening()
    {
        var execution = Running(s => s with { Window = new ExecutionWindow(new TimeOnly(9, 0), new TimeOnly(10, 0)), ExecutionTimeZone = "UTC" });

        var explanation = RecipientExplainer.Explain(Row, execution, Noon);

        Assert.Equal(("outside_window", Noon.AddHours(21)), (explanation.Code, explanation.NextEligibleAt));
    }

    [Theory]
    [InlineData(ExecutionStatus.Running, "rate_limit")]
    [InlineData(ExecutionStatus.Queued, "queued")]
    [InlineData(ExecutionStatus.Paused, "paused")]
    [InlineData(ExecutionStatus.Failed, "execution_failed")]
    public void Who_is_due_waits_for_what_its_execution_waits_for(ExecutionStatus status, string code)
    {
        Assert.Equal(code, RecipientExplainer.Explain(Row, Running() with { Status = status }, Noon).Code);
        Assert.Equal("queued", RecipientExplainer.Explain(Row, Running(s => s with { RateLimitPerHour = null }), Noon).Code);
    }

    private static Execution Running(Func<AutomationSettings, AutomationSettings>? change = null)
    {
        var settings = new AutomationSettings { Name = "a", FlowId = default, ChannelId = "c" };
        return new()
        {
            Id = default,
            OrganizationId = "o",
            AutomationId = default,
            Status = ExecutionStatus.Running,
            CreatedAt = Noon,
            Snapshot = new() { Settings = change?.Invoke(settings) ?? settings, FlowVersion = 1, FlowNodes = [] },
        };
    }
}
