using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Dispatching;

public sealed class GateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("08:59:59", "09:00:00")]
    [InlineData("09:00:00", null)]
    [InlineData("17:59:59", null)]
    [InlineData("18:00:00", "1.09:00:00")]
    public void The_window_is_open_from_its_start_until_before_its_end(string local, string? opens)
    {
        var gate = Gate(s => s with { Window = new(new(9, 0), new(18, 0)), ExecutionTimeZone = "UTC" });
        var midnight = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

        var decision = gate.Decide(Row(), ContactSuppression.None, null, midnight + TimeSpan.Parse(local, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(
            opens is null ? new GateDecision.Go(false) : new GateDecision.Wait(midnight + TimeSpan.Parse(opens, System.Globalization.CultureInfo.InvariantCulture), ReasonCodes.OutsideWindow),
            decision);
    }

    [Fact]
    public void In_the_recipients_zone_each_waits_for_their_own_morning()
    {
        var gate = Gate(s => s with { Window = new(new(9, 0), new(18, 0)), WindowTimeZoneMode = WindowTimeZoneMode.Recipient, ExecutionTimeZone = "UTC" });

        Assert.Equal(new GateDecision.Go(false), gate.Decide(Row() with { TimeZone = "America/Sao_Paulo" }, ContactSuppression.None, null, Start));
        Assert.Equal(
            new GateDecision.Wait(new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero), ReasonCodes.OutsideWindow),
            gate.Decide(Row() with { TimeZone = "Asia/Tokyo" }, ContactSuppression.None, null, Start));
        Assert.Equal(new GateDecision.Go(false), gate.Decide(Row(), ContactSuppression.None, null, Start));
    }

    [Fact]
    public void An_unknown_zone_is_skipped_where_the_automation_says_so()
    {
        var gate = Gate(s => s with
        {
            Window = new(new(9, 0), new(18, 0)),
            WindowTimeZoneMode = WindowTimeZoneMode.Recipient,
            UnknownTimeZone = UnknownTimeZonePolicy.Skip,
        });

        Assert.Equal(ReasonCodes.UnknownTimeZone, Assert.IsType<GateDecision.Never>(gate.Decide(Row(), ContactSuppression.None, null, Start)).Code);
    }

    [Fact]
    public void Who_is_not_sent_to_before_the_run_expires_never_is()
    {
        var gate = Gate(s => s with { ExpiresAfter = TimeSpan.FromHours(1) });

        Assert.Equal(new GateDecision.Go(false), gate.Decide(Row(), ContactSuppression.None, null, Start.AddMinutes(59)));
        Assert.Equal(ReasonCodes.Expired, Assert.IsType<GateDecision.Never>(gate.Decide(Row(), ContactSuppression.None, null, Start.AddHours(1))).Code);
    }

    [Fact]
    public void Who_could_go_only_after_the_run_has_expired_waits_no_longer_than_until_then()
    {
        var gate = Gate(s => s with { ExpiresAfter = TimeSpan.FromHours(4), Window = new(new(20, 0), new(21, 0)), ExecutionTimeZone = "UTC" });
        var deadline = Start.AddHours(4);

        Assert.Equal(new GateDecision.Wait(deadline, ReasonCodes.OutsideWindow), gate.Decide(Row(), ContactSuppression.None, null, Start));
        Assert.Equal(deadline, gate.OpensAt(Start));
        Assert.Equal(ReasonCodes.Expired, Assert.IsType<GateDecision.Never>(gate.Decide(Row(), ContactSuppression.None, null, deadline)).Code);
        Assert.Equal(deadline, gate.OpensAt(deadline));
    }

    [Fact]
    public void A_later_message_of_a_run_neither_expires_nor_needs_a_known_zone()
    {
        var gate = Gate(s => s with
        {
            ExpiresAfter = TimeSpan.FromHours(1),
            Window = new(new(9, 0), new(10, 0)),
            WindowTimeZoneMode = WindowTimeZoneMode.Recipient,
            UnknownTimeZone = UnknownTimeZonePolicy.Skip,
        });

        Assert.Equal(new GateDecision.Go(false), gate.Decide(Row() with { FlowCurrentNode = "m1" }, ContactSuppression.None, null, Start.AddDays(1)));
    }

    // Each in the automation's zone and in the recipient's, where the automation's would say otherwise.
    [Theory]
    [InlineData("America/New_York", "02:30", "05:00", "2026-03-08T05:00Z", "2026-03-08T07:00Z")]
    [InlineData("America/New_York", "01:30", "01:45", "2026-11-01T05:45Z", "2026-11-01T06:30Z")]
    [InlineData("Europe/Berlin", "22:00", "06:00", "2026-03-29T03:59:59Z", null)]
    [InlineData("Europe/Berlin", "22:00", "06:00", "2026-03-29T04:00Z", "2026-03-29T20:00Z")]
    [InlineData("Australia/Lord_Howe", "02:15", "03:00", "2026-10-03T12:00Z", "2026-10-03T15:30Z")]
    [InlineData("America/Santiago", "00:00", "06:00", "2026-09-05T20:00Z", "2026-09-06T04:00Z")]
    [InlineData("America/Sao_Paulo", "09:00", "18:00", "2026-11-22T02:00Z", "2026-11-22T12:00Z")]
    public void Daylight_saving_moves_the_window_in_both_modes(string zone, string start, string end, string at, string? opens)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var now = DateTimeOffset.Parse(at, culture);
        AutomationSettings With(AutomationSettings s) => s with { Window = new(TimeOnly.Parse(start, culture), TimeOnly.Parse(end, culture)), ExecutionTimeZone = zone };
        var automation = Gate(With);
        var recipient = Gate(s => With(s) with { WindowTimeZoneMode = WindowTimeZoneMode.Recipient, ExecutionTimeZone = "Asia/Tokyo" });

        GateDecision expected = opens is null ? new GateDecision.Go(false) : new GateDecision.Wait(DateTimeOffset.Parse(opens, culture), ReasonCodes.OutsideWindow);
        Assert.Equal(expected, automation.Decide(Row(), ContactSuppression.None, null, now));
        Assert.Equal(expected, recipient.Decide(Row() with { TimeZone = zone }, ContactSuppression.None, null, now));
        Assert.Equal(opens is null ? now : DateTimeOffset.Parse(opens, culture), automation.OpensAt(now));
        Assert.Equal(now, recipient.OpensAt(now));
    }

    [Fact]
    public void A_retried_first_message_obeys_the_window_again_and_a_later_one_does_not()
    {
        var gate = Gate(s => s with { Window = new(new(9, 0), new(18, 0)), ExecutionTimeZone = "UTC" });
        var night = Start.AddHours(10);
        var retried = Row() with { Reached = Milestone.Sent, Attempts = 1, StepAttempts = 1 };

        Assert.IsType<GateDecision.Wait>(gate.Decide(retried, ContactSuppression.None, null, night));
        Assert.Equal(new GateDecision.Go(false), gate.Decide(retried with { FlowCurrentNode = "m1" }, ContactSuppression.None, null, night));
    }

    [Theory]
    [InlineData(ContactSuppression.OptedOut, true, ReasonCodes.OptedOut)]
    [InlineData(ContactSuppression.OptedOut, false, null)]
    [InlineData(ContactSuppression.Blocked, false, ReasonCodes.Blocked)]
    [InlineData(ContactSuppression.Deleted, false, ReasonCodes.Deleted)]
    public void Suppression_is_asked_again_before_each_message(ContactSuppression suppression, bool respectOptOut, string? code)
    {
        var gate = Gate(s => s with { RespectOptOut = respectOptOut });

        Assert.Equal(code, (gate.Decide(Row(), suppression, null, Start) as GateDecision.Never)?.Code);
    }

    [Theory]
    [InlineData(WindowPolicyKind.Skip, 23, true)]
    [InlineData(WindowPolicyKind.Skip, 24, false)]
    [InlineData(WindowPolicyKind.Allow, 24, true)]
    public void A_conversation_is_open_for_24_hours(WindowPolicyKind policy, int hours, bool goes)
    {
        var gate = Gate(s => s with { WindowPolicy = new(policy) }, window: true);

        Assert.Equal(goes, gate.Decide(Row(), ContactSuppression.None, Start.AddHours(-hours), Start) is GateDecision.Go);
    }

    private static Gate Gate(Func<AutomationSettings, AutomationSettings> with, bool window = false)
    {
        var settings = with(EngineHost.Settings());
        var execution = new Execution
        {
            Id = new(Guid.Empty),
            OrganizationId = EngineHost.Organization,
            AutomationId = new(Guid.Empty),
            Snapshot = new() { Settings = settings, FlowVersion = 1, FlowNodes = EngineHost.Says("Hi") },
            Status = ExecutionStatus.Running,
            CreatedAt = Start,
        };
        var channel = new Channel { Id = "c", OrganizationId = EngineHost.Organization, Kind = "test", ProviderId = "1", HasConversationWindow = window };
        return new(execution, new FlowProgram(execution.Snapshot, new LiquidTemplateEngine(new TemplateOptions(), TimeProvider.System)), channel);
    }

    private static Recipient Row() => new()
    {
        Id = RecipientId.Create(1, 0, Start),
        ExecutionId = new(Guid.Empty),
        ContactId = new(Guid.Empty),
        PhoneNumber = "5511999999999",
        CreatedAt = Start,
    };
}
