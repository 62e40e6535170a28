using System.Net;
using System.Text.Json;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Tests.Executions;

public sealed class ExecutionControlTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Pause_resume_and_cancel_keep_the_reason()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var people = await host.PlanAsync(client, execution, Arrange.Person("A"), Arrange.Person("B"), Arrange.Person("C"));
        await host.MoveAsync(people[0], r => RecipientRules.Defer(r, host.Clock.GetUtcNow().AddHours(1), ReasonCodes.FrequencyCap));

        var paused = (await client.PostAsync($"/executions/{execution}/pause", """{"reason":"almoço"}""")).Expect(HttpStatusCode.OK);
        var twice = (await client.PostAsync($"/executions/{execution}/pause")).ExpectProblem(HttpStatusCode.Conflict);
        var resumed = (await client.PostAsync($"/executions/{execution}/resume")).Expect(HttpStatusCode.OK);
        var cancelled = (await client.PostAsync($"/executions/{execution}/cancel", """{"reason":"fim"}""")).Expect(HttpStatusCode.OK);

        Assert.Equal("paused", paused["status"].GetString());
        Assert.Equal("almoço", paused["status_reason"].GetString());
        Assert.Equal("paused", twice["state"].GetString());
        Assert.Equal("running", resumed["status"].GetString());
        Assert.Equal(JsonValueKind.Null, resumed["status_reason"].ValueKind);
        Assert.Equal(2, resumed["eligible"].GetInt32());
        Assert.Equal("""[{"reason":"frequency_cap","count":1}]""", resumed["waiting"].GetRawText());
        Assert.Equal("cancelled", cancelled["status"].GetString());
        Assert.NotEqual(JsonValueKind.Null, cancelled["completed_at"].ValueKind);
        foreach (var verb in new[] { "pause", "resume", "cancel" })
        {
            Assert.Equal("cancelled", (await client.PostAsync($"/executions/{execution}/{verb}")).ExpectProblem(HttpStatusCode.Conflict)["state"].GetString());
        }
    }

    [Fact]
    public async Task Whoever_resumes_after_the_error_budget_forgives_what_failed_on_the_providers_side()
    {
        var client = host.Fresh();
        var (automation, execution) = await host.StartedAsync(client, "Ana");
        (await client.PostAsync($"/flow-automations/{automation}/pause")).Expect(HttpStatusCode.OK);
        (await client.PutAsync($"/flow-automations/{automation}", """{"error_budget":{"percent":50,"minimum":2}}""")).Expect(HttpStatusCode.OK);
        (await client.PostAsync($"/executions/{execution}/cancel")).Expect(HttpStatusCode.OK);
        execution = (await client.PostAsync($"/flow-automations/{automation}/start")).Expect(HttpStatusCode.Accepted).Id;
        var people = await host.PlanAsync(
            client, execution, Arrange.Person("A"), Arrange.Person("B"), Arrange.Person("C"), Arrange.Person("D", RecipientStatus.Failed, ReasonCodes.TemplateError));
        await host.AcceptAsync(people[0]);
        await host.MoveAsync(people[1], r => RecipientRules.Fail(r, 1, "131026", "Not there.", host.Clock.GetUtcNow(), null));
        Assert.True(ExecutionId.TryParse(execution, out var id));
        await host.Store.Executions.UpdateAsync(
            client.Organization, id, e => e with { Status = ExecutionStatus.Paused, StatusReason = "error_budget: 1 of 2." }, TestContext.Current.CancellationToken);
        var waiting = (await client.GetAsync($"/recipients/{people[2].Id}")).Expect(HttpStatusCode.OK);

        var resumed = (await client.PostAsync($"/executions/{execution}/resume")).Expect(HttpStatusCode.OK);

        Assert.Equal("error_budget", waiting["explanation"].GetProperty("code").GetString());
        Assert.Equal("running", resumed["status"].GetString());
        Assert.Equal(2, resumed["messages_failed"].GetInt32());
        var kept = await host.Store.Executions.FindAsync(client.Organization, id, TestContext.Current.CancellationToken);
        Assert.Equal(new ForgivenResults(1, 1), kept!.Forgiven);
    }

    [Fact]
    public async Task A_failed_execution_can_be_resumed()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        await host.PlanAsync(client, execution, Arrange.Person("A"));
        Assert.True(ExecutionId.TryParse(execution, out var id));
        await host.Store.Executions.UpdateAsync(
            client.Organization, id, e => e with { Status = ExecutionStatus.Failed, ErrorMessage = "x", CompletedAt = host.Clock.GetUtcNow() }, TestContext.Current.CancellationToken);

        (await client.PostAsync($"/executions/{execution}/cancel")).ExpectProblem(HttpStatusCode.Conflict);
        var resumed = (await client.PostAsync($"/executions/{execution}/resume")).Expect(HttpStatusCode.OK);

        Assert.Equal("running", resumed["status"].GetString());
        Assert.Equal(JsonValueKind.Null, resumed["error_message"].ValueKind);
        Assert.Equal(JsonValueKind.Null, resumed["completed_at"].ValueKind);
    }

    [Fact]
    public async Task Bad_reasons_are_refused_and_roles_and_tenants_hold()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");

        Assert.Equal(["reason"], (await client.PostAsync($"/executions/{execution}/pause", """{"reason":5}""")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        foreach (var verb in new[] { "pause", "resume", "cancel" })
        {
            (await client.As("viewer").PostAsync($"/executions/{execution}/{verb}")).ExpectProblem(HttpStatusCode.Forbidden);
            (await host.Fresh("viewer").PostAsync($"/executions/{execution}/{verb}")).ExpectProblem(HttpStatusCode.NotFound);
        }

        foreach (var part in new[] { "", "/verify", "/recipients", "/export" })
        {
            (await host.Fresh().GetAsync($"/executions/{execution}{part}")).ExpectProblem(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Progress_pace_errors_and_end_are_shown()
    {
        var client = host.Fresh();
        var (automation, execution) = await host.StartedAsync(client, "Ana");
        var people = await host.PlanAsync(
            client, execution, Arrange.Person("A"), Arrange.Person("B"), Arrange.Person("C"), Arrange.Person("D", RecipientStatus.Skipped, ReasonCodes.OptedOut));
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await host.AcceptAsync(people[0]);

        var read = (await client.GetAsync($"/executions/{execution}")).Expect(HttpStatusCode.OK);

        Assert.Equal(4, read["total_recipients"].GetInt32());
        Assert.Equal(1, read["messages_sent"].GetInt32());
        Assert.Equal(2, read["recipients_pending"].GetInt32());
        Assert.Equal(1, read["recipients_skipped"].GetInt32());
        Assert.Equal(50, read["progress_percentage"].GetDouble());
        Assert.Equal(0.5, read["messages_per_minute"].GetDouble());
        Assert.Equal("""[{"code":"opted_out","count":1}]""", read["errors"].GetRawText());

        // One gap of two minutes, as observed, between the two that are left.
        Assert.Equal(host.Clock.GetUtcNow().AddMinutes(2), read["estimated_completion_time"].GetDateTimeOffset());
        Assert.Equal(1, (await client.GetAsync($"/flow-automations/{automation}/executions"))["items"][0].GetProperty("messages_sent").GetInt32());
    }

    [Fact]
    public async Task The_estimate_knows_the_hours_of_each_zone_and_what_each_waits_for()
    {
        // It is past 15:00 UTC: past 16:00 in Berlin, whose window is open, and past midnight in Tokyo, whose window opens at 23:00 UTC.
        var client = host.Fresh();
        await host.ContactsAsync(client, "Ana");
        var automation = await client.AutomationAsync("""
            "audience_type":"all","variable_mapping":{"name":"x"},"rate_limit_per_hour":3601,"window_time_zone_mode":"recipient","execution_window_start":"08:00","execution_window_end":"23:00"
            """);
        var execution = (await client.PostAsync($"/flow-automations/{automation}/start")).Expect(HttpStatusCode.Accepted).Id;
        var people = await host.PlanAsync(
            client, execution, Arrange.Person("A") with { TimeZone = "Europe/Berlin" }, Arrange.Person("B") with { TimeZone = "Asia/Tokyo" }, Arrange.Person("C") with { TimeZone = "Asia/Tokyo" });

        var estimate = (await client.GetAsync($"/executions/{execution}"))["estimated_completion_time"].GetDateTimeOffset();
        var capped = host.Clock.GetUtcNow().Date.AddDays(2).AddHours(5);
        await host.MoveAsync(people[2], r => RecipientRules.Defer(r, new(capped, TimeSpan.Zero), ReasonCodes.FrequencyCap));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        var later = (await client.GetAsync($"/executions/{execution}"))["estimated_completion_time"].GetDateTimeOffset();

        Assert.Equal(new DateTimeOffset(host.Clock.GetUtcNow().Date.AddHours(23), TimeSpan.Zero).AddSeconds(1), estimate);
        Assert.Equal(new DateTimeOffset(capped, TimeSpan.Zero), later);
    }

    [Fact]
    public async Task Verify_accounts_for_everybody()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var people = await host.PlanAsync(client, execution, Arrange.Person("A"), Arrange.Person("B", RecipientStatus.Skipped, ReasonCodes.Blocked));
        await host.AcceptAsync(people[0]);

        var verified = (await client.GetAsync($"/executions/{execution}/verify")).Expect(HttpStatusCode.OK);

        Assert.True(verified["consistent"].GetBoolean());
        Assert.False(verified["settled"].GetBoolean());
        Assert.Equal(2, verified["planned"].GetInt32());
        Assert.Equal(
            """{"pending":0,"sending":0,"in_doubt":0,"sent":1,"delivered":0,"read":0,"replied":0,"completed":0,"failed":0,"skipped":1,"cancelled":0}""",
            verified["by_status"].GetRawText());
        Assert.Equal(verified["counters"].GetRawText(), verified["rows"].GetRawText());
        Assert.Equal(1, verified["rows"].GetProperty("messages_completed").GetInt32());
        Assert.Equal(0, verified["differences"].GetArrayLength());
    }
}
