using System.Net;
using System.Text.Json;
using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Tests.Automations;

public sealed class AutomationLifeTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Starting_makes_it_active_and_pausing_takes_its_executions_along()
    {
        var client = host.Fresh();
        var (automation, execution) = await host.StartedAsync(client, "Ana");
        var alone = (await client.PostAsync($"/flow-automations/{automation}/start")).Id;
        (await client.PostAsync($"/executions/{alone}/pause")).Expect(HttpStatusCode.OK);

        var paused = (await client.PostAsync($"/flow-automations/{automation}/pause")).Expect(HttpStatusCode.OK);
        var whilePaused = await client.GetAsync($"/executions/{execution}");
        var resumed = (await client.PostAsync($"/flow-automations/{automation}/resume", "{}")).Expect(HttpStatusCode.OK);

        Assert.Equal("paused", paused["status"].GetString());
        Assert.Equal("paused", whilePaused["status"].GetString());
        Assert.Equal("active", resumed["status"].GetString());
        Assert.Equal("queued", (await client.GetAsync($"/executions/{execution}"))["status"].GetString());
        Assert.Equal("paused", (await client.GetAsync($"/executions/{alone}"))["status"].GetString());
    }

    [Fact]
    public async Task What_its_state_does_not_allow_is_a_conflict_that_says_the_state()
    {
        var client = host.Fresh();
        var (automation, execution) = await host.StartedAsync(client, "Ana");
        var draft = await client.AutomationAsync();

        Assert.Equal("draft", (await client.PostAsync($"/flow-automations/{draft}/pause")).ExpectProblem(HttpStatusCode.Conflict)["state"].GetString());
        Assert.Equal("active", (await client.PostAsync($"/flow-automations/{automation}/resume")).ExpectProblem(HttpStatusCode.Conflict)["state"].GetString());
        Assert.Equal("active", (await client.DeleteAsync($"/flow-automations/{automation}")).ExpectProblem(HttpStatusCode.Conflict)["state"].GetString());

        (await client.PostAsync($"/executions/{execution}/cancel")).Expect(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"/flow-automations/{automation}")).Status);

        foreach (var refused in new[]
        {
            await client.PutAsync($"/flow-automations/{automation}", """{"name":"x"}"""),
            await client.PostAsync($"/flow-automations/{automation}/start"),
            await client.PostAsync($"/flow-automations/{automation}/pause"),
            await client.DeleteAsync($"/flow-automations/{automation}"),
        })
        {
            Assert.Equal("archived", refused.ExpectProblem(HttpStatusCode.Conflict)["state"].GetString());
        }

        Assert.Equal("archived", (await client.GetAsync($"/flow-automations/{automation}"))["status"].GetString());
    }

    [Fact]
    public async Task A_paused_execution_keeps_it_from_being_archived()
    {
        var client = host.Fresh();
        var (automation, _) = await host.StartedAsync(client, "Ana");
        (await client.PostAsync($"/flow-automations/{automation}/pause")).Expect(HttpStatusCode.OK);

        (await client.DeleteAsync($"/flow-automations/{automation}")).ExpectProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Listings_filter_and_leave_archived_ones_out()
    {
        var client = host.Fresh();
        var first = await client.AutomationAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await client.AutomationAsync();
        (await client.PutAsync($"/flow-automations/{second}", """{"name":"Natal"}""")).Expect(HttpStatusCode.OK);
        var gone = await client.AutomationAsync();
        await client.DeleteAsync($"/flow-automations/{gone}");

        Assert.Equal([second, first], Ids(await client.GetAsync("/flow-automations")));
        Assert.Equal([second], Ids(await client.GetAsync("/flow-automations?query=nat")));
        Assert.Equal([gone], Ids(await client.GetAsync("/flow-automations?status=archived")));
        Assert.Equal([second, first], Ids(await client.GetAsync("/flow-automations?status=draft&trigger_type=manual")));
        Assert.Equal([first], Ids(await client.GetAsync("/flow-automations?page=2&page_size=1")));
        Assert.Empty(Ids(await client.GetAsync("/flow-automations?trigger_type=cron")));
        Assert.Equal(["status"], (await client.GetAsync("/flow-automations?status=running")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        Assert.Empty(Ids(await host.Fresh().GetAsync("/flow-automations")));
    }

    [Fact]
    public async Task A_copy_is_a_new_draft()
    {
        var client = host.Fresh();
        var (automation, _) = await host.StartedAsync(client, "Ana");

        var copy = (await client.PostAsync($"/flow-automations/{automation}/duplicate")).Expect(HttpStatusCode.Created);

        Assert.NotEqual(automation, copy.Id);
        Assert.Equal("draft", copy["status"].GetString());
        Assert.Equal("Promoção (copy)", copy["name"].GetString());
        Assert.Equal("{{ contact.name }}", copy["variable_mapping"].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Rates_are_null_where_nothing_divides_and_percent_otherwise()
    {
        var client = host.Fresh();
        var (automation, execution) = await host.StartedAsync(client, "Ana");

        var before = (await client.GetAsync($"/flow-automations/{automation}/stats")).Expect(HttpStatusCode.OK);
        var people = await host.PlanAsync(client, execution, Arrange.Person("A"), Arrange.Person("B"), Arrange.Person("C"), Arrange.Person("D", RecipientStatus.Failed, "x"));
        await host.AcceptAsync(people[0]);
        await host.AcceptAsync(people[1]);
        var after = await client.GetAsync($"/flow-automations/{automation}/stats");

        foreach (var rate in new[] { "delivery_rate", "read_rate", "reply_rate", "completion_rate", "failure_rate", "next_scheduled_at" })
        {
            Assert.Equal(JsonValueKind.Null, before[rate].ValueKind);
        }

        Assert.Equal(1, before["total_executions"].GetInt32());
        Assert.Equal(execution, before["last_execution_id"].GetString());
        Assert.Equal(2, after["total_sent"].GetInt32());
        Assert.Equal(100, after["completion_rate"].GetDouble());
        Assert.Equal(0, after["delivery_rate"].GetDouble());
        Assert.Equal(33.33, after["failure_rate"].GetDouble());
        Assert.Equal(2, (await client.GetAsync($"/flow-automations/{automation}"))["total_sent"].GetInt32());
    }

    [Fact]
    public async Task Each_role_may_do_what_it_may()
    {
        var client = host.Fresh();
        var (automation, _) = await host.StartedAsync(client, "Ana");
        var viewer = client.As("viewer");

        (await viewer.GetAsync($"/flow-automations/{automation}")).Expect(HttpStatusCode.OK);
        (await viewer.GetAsync($"/flow-automations/{automation}/stats")).Expect(HttpStatusCode.OK);
        foreach (var path in new[] { "start", "pause", "resume", "duplicate" })
        {
            (await viewer.PostAsync($"/flow-automations/{automation}/{path}")).ExpectProblem(HttpStatusCode.Forbidden);
            (await host.Fresh("viewer").PostAsync($"/flow-automations/{automation}/{path}")).ExpectProblem(HttpStatusCode.NotFound);
        }

        (await viewer.PutAsync($"/flow-automations/{automation}", "{}")).ExpectProblem(HttpStatusCode.Forbidden);
        (await client.As("operator").DeleteAsync($"/flow-automations/{automation}")).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_same_key_gives_the_first_answer_again_and_makes_nothing()
    {
        var client = host.Fresh();
        var body = client.Automation(await client.FlowAsync());

        var first = (await client.PostAsync("/flow-automations", body, key: "k1")).Expect(HttpStatusCode.Created);
        var again = (await client.PostAsync("/flow-automations", body, key: "k1")).Expect(HttpStatusCode.Created);
        var other = await client.PostAsync("/flow-automations", body + " ", key: "k1");

        Assert.Equal(first.Text, again.Text);
        Assert.Equal(first.Headers["Location"], again.Headers["Location"]);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal(["Idempotency-Key"], other.ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        Assert.Equal(1, (await client.GetAsync("/flow-automations"))["total"].GetInt32());
        (await client.PostAsync("/flow-automations", body, key: new string('k', 256))).ExpectProblem(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_key_is_free_again_after_a_day_and_in_other_organizations()
    {
        var client = host.Fresh();
        var other = host.Fresh();
        var body = client.Automation(await client.FlowAsync());
        var first = (await client.PostAsync("/flow-automations", body, key: "k2")).Id;

        var elsewhere = (await other.PostAsync("/flow-automations", other.Automation(await other.FlowAsync()), key: "k2")).Expect(HttpStatusCode.Created);
        host.Clock.Advance(TimeSpan.FromHours(24));
        var later = (await client.PostAsync("/flow-automations", body, key: "k2")).Expect(HttpStatusCode.Created);

        Assert.NotEqual(first, elsewhere.Id);
        Assert.NotEqual(first, later.Id);
    }

    private static IEnumerable<string?> Ids(ApiAnswer answer) =>
        answer.Expect(HttpStatusCode.OK)["items"].EnumerateArray().Select(i => i.GetProperty("id").GetString());
}
