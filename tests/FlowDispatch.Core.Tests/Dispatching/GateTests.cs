using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
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
