using FlowDispatch.Automations;
using FlowDispatch.Channels;
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

    private static readonly Channel Channel = new() { Id = "c", OrganizationId = "o", Kind = "k", ProviderId = "p" };

    public static TheoryData<string> Reasons => [.. ReasonCatalogue.All.Select(r => r.Code)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Whatever_of_our_own_stands_in_a_row_is_explained_as_that(string code)
    {
        var waiting = Explain(Row with { WaitingReason = code, NextAttemptAt = Noon.AddHours(1) }, Running());
        var skipped = Explain(Row with { Status = RecipientStatus.Skipped, ErrorCode = code }, Running());

        Assert.Equal((code, Noon.AddHours(1)), (waiting.Code, waiting.NextEligibleAt));
        Assert.Equal(code, skipped.Code);
        Assert.Equal((ReasonCatalogue.Find(code)!.TextEn, ReasonCatalogue.Find(code)!.TextPt), (skipped.TextEn, skipped.TextPt));
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
        Assert.Equal(code, Explain(Row with { Status = status, ErrorCode = "131026" }, Running()).Code);
    }

    [Fact]
    public void A_doubt_that_nobody_looks_at_any_more_waits_for_a_person()
    {
        Assert.Equal("in_doubt", Explain(Row with { Status = RecipientStatus.InDoubt, Open = false }, Running()).Code);
    }

    [Fact]
    public void Who_is_due_outside_the_window_waits_for_its_opening()
    {
        var explanation = Explain(Row, Running(s => s with { Window = Morning }));

        Assert.Equal((ReasonCodes.OutsideWindow, Noon.AddHours(21)), (explanation.Code, explanation.NextEligibleAt));
    }

    [Theory]
    [InlineData("Asia/Tokyo", ReasonCodes.OutsideWindow, 12)]
    [InlineData("America/Sao_Paulo", ReasonCodes.RateLimit, 0)]
    [InlineData(null, ReasonCodes.UnknownTimeZone, null)]
    public void The_window_is_read_by_the_clock_of_the_recipient(string? zone, string code, int? hours)
    {
        var execution = Running(s => s with { Window = Morning, WindowTimeZoneMode = WindowTimeZoneMode.Recipient, UnknownTimeZone = UnknownTimeZonePolicy.Skip });

        var explanation = Explain(Row with { TimeZone = zone }, execution);

        Assert.Equal((code, hours is { } wait ? Noon.AddHours(wait) : null), (explanation.Code, explanation.NextEligibleAt));
    }

    [Fact]
    public void A_wait_that_ends_outside_the_window_lasts_until_it_opens_for_a_first_message_only()
    {
        var execution = Running(s => s with { Window = Morning });
        var retry = Row with { WaitingReason = ReasonCodes.Retry, NextAttemptAt = Noon.AddHours(1) };

        Assert.Equal((ReasonCodes.Retry, Noon.AddHours(21)), Facts(Explain(retry, execution)));
        Assert.Equal((ReasonCodes.Retry, Noon.AddHours(1)), Facts(Explain(retry with { FlowCurrentNode = "m1" }, execution)));
    }

    [Fact]
    public void Who_can_not_be_sent_to_before_the_run_expires_is_told_so()
    {
        var closed = Running(s => s with { Window = Morning, ExpiresAfter = TimeSpan.FromHours(2) });
        var open = Running(s => s with { ExpiresAfter = TimeSpan.FromHours(2), RateLimitPerHour = 1 });
        var capped = Row with { WaitingReason = ReasonCodes.FrequencyCap, NextAttemptAt = Noon.AddHours(3) };

        Assert.Equal((ReasonCodes.ExpiresFirst, null), Facts(Explain(Row, closed)));
        Assert.Equal((ReasonCodes.ExpiresFirst, null), Facts(Explain(Row with { WaitingReason = ReasonCodes.OutsideWindow, NextAttemptAt = Noon.AddHours(2) }, closed)));
        Assert.Equal((ReasonCodes.ExpiresFirst, null), Facts(Explain(capped, open)));
        Assert.Equal((ReasonCodes.ExpiresFirst, null), Facts(Explain(Row with { Id = RecipientId.Create(1, 5, Noon) }, open)));
        Assert.Equal((ReasonCodes.RateLimit, Noon), Facts(Explain(Row, open)));
        Assert.Equal((ReasonCodes.Expired, null), Facts(RecipientExplainer.Explain(Row, open, Channel, Noon.AddHours(2))));
    }

    [Theory]
    [InlineData(ExecutionStatus.Running, null, "rate_limit")]
    [InlineData(ExecutionStatus.Queued, null, "queued")]
    [InlineData(ExecutionStatus.Paused, null, "paused")]
    [InlineData(ExecutionStatus.Paused, "Lunch: error_budget", "paused")]
    [InlineData(ExecutionStatus.Paused, "error_budget: 12 of 40 failed.", "error_budget")]
    [InlineData(ExecutionStatus.Failed, null, "execution_failed")]
    public void Who_is_due_waits_for_what_its_execution_waits_for(ExecutionStatus status, string? reason, string code) =>
        Assert.Equal(code, Explain(Row, Running() with { Status = status, StatusReason = reason }).Code);

    [Theory]
    [InlineData(3601, null, ReasonCodes.RateLimit, 1.0)]
    [InlineData(3601, 1, ReasonCodes.ChannelRate, 1.1)]
    [InlineData(100, 1, ReasonCodes.RateLimit, 36.01)]
    [InlineData(null, 1, ReasonCodes.ChannelRate, 1.1)]
    [InlineData(null, null, ReasonCodes.Queued, null)]
    public void The_limit_that_is_felt_is_named_with_an_estimate_of_the_turn(int? perHour, int? perSecond, string code, double? spacing)
    {
        // Of a hundred forty are done with, so thirty-five of those before it are left.
        var execution = Running(s => s with { RateLimitPerHour = perHour }) with { Counters = new() { Total = 100, Pending = 60 } };
        var row = Row with { Id = RecipientId.Create(1, 75, Noon) };

        var explanation = RecipientExplainer.Explain(row, execution, Channel with { MessagesPerSecond = perSecond }, Noon);

        Assert.Equal((code, spacing is { } seconds ? Noon + (35 * TimeSpan.FromSeconds(seconds)) : null), Facts(explanation));
    }

    [Fact]
    public void The_turn_is_no_sooner_than_a_day_with_room_for_it()
    {
        var execution = Running(s => s with { RateLimitPerHour = 1, Window = new(new(12, 0), new(13, 0)) }) with { Counters = new() { Total = 10, Pending = 10 } };

        Assert.Equal((ReasonCodes.RateLimit, Noon.AddDays(3)), Facts(Explain(Row with { Id = RecipientId.Create(1, 3, Noon) }, execution)));
    }

    private static ExecutionWindow Morning { get; } = new(new(9, 0), new(10, 0));

    private static (string Code, DateTimeOffset? At) Facts(RecipientExplanation explanation) => (explanation.Code, explanation.NextEligibleAt);

    private static RecipientExplanation Explain(Recipient recipient, Execution execution) => RecipientExplainer.Explain(recipient, execution, Channel, Noon);

    private static Execution Running(Func<AutomationSettings, AutomationSettings>? change = null)
    {
        var settings = new AutomationSettings { Name = "a", FlowId = default, ChannelId = "c", ExecutionTimeZone = "UTC" };
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
