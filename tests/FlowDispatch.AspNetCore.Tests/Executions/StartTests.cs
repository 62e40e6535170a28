using System.Net;
using System.Text.Json;

namespace FlowDispatch.AspNetCore.Tests.Executions;

public sealed class StartTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_start_is_accepted_as_a_queued_execution()
    {
        var client = host.Fresh();
        var (automation, execution) = await host.StartedAsync(client, "Ana");

        var read = (await client.GetAsync($"/executions/{execution}")).Expect(HttpStatusCode.OK);

        var expected = $$"""
            {"id":"{{execution}}","automation_id":"{{automation}}","status":"queued","execution_type":"manual","triggered_by_event":null,"test_mode":false,"repair_of":null,"flow_version":1,
             "total_recipients":0,"messages_sent":0,"messages_delivered":0,"messages_read":0,"messages_replied":0,"messages_completed":0,"messages_failed":0,
             "recipients_skipped":0,"recipients_cancelled":0,"recipients_pending":0,"recipients_in_doubt":0,"error_message":null,"status_reason":null,"errors":[],
             "progress_percentage":null,"estimated_completion_time":null,"messages_per_minute":null,"created_at":"{{read["created_at"].GetString()}}","started_at":null,"planned_at":null,"completed_at":null}
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), read.Json), read.Text);
        Assert.Equal("active", (await client.GetAsync($"/flow-automations/{automation}"))["status"].GetString());
        var list = (await client.GetAsync($"/flow-automations/{automation}/executions")).Expect(HttpStatusCode.OK);
        Assert.Equal(execution, list["items"][0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_same_key_starts_once()
    {
        var client = host.Fresh();
        var (automation, _) = await host.StartedAsync(client, "Ana");
        var path = $"/flow-automations/{automation}/start";

        var first = (await client.PostAsync(path, key: "s1")).Expect(HttpStatusCode.Accepted);
        var again = (await client.PostAsync(path, key: "s1")).Expect(HttpStatusCode.Accepted);
        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.PostAsync(path, key: "s2")));

        Assert.Equal(first.Text, again.Text);
        Assert.Equal($"/api/v1/executions/{first.Id}", again.Headers["Location"]);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Single(together.Select(t => t.Expect(HttpStatusCode.Accepted).Id).Distinct());
        (await client.PostAsync(path, "{\"test_mode\":false}", key: "s1")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(3, (await client.GetAsync($"/flow-automations/{automation}/executions"))["total"].GetInt32());
    }

    [Theory]
    [InlineData("""{"test_mode":true}""", "test_contact_ids")]
    [InlineData("""{"test_mode":true,"test_contact_ids":[]}""", "test_contact_ids")]
    [InlineData("""{"test_mode":true,"test_contact_ids":["x"]}""", "test_contact_ids[0]")]
    [InlineData("""{"test_mode":"yes"}""", "test_mode")]
    [InlineData("""{"test":true}""", "test")]
    [InlineData("""{"test_contact_ids":["0190a000-0000-7000-8000-000000000000"]}""", "test_contact_ids")]
    public async Task A_wrong_start_is_refused(string body, string path)
    {
        var client = host.Fresh();
        var (automation, _) = await host.StartedAsync(client, "Ana");

        Assert.Contains(path, (await client.PostAsync($"/flow-automations/{automation}/start", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }

    [Fact]
    public async Task A_test_run_says_so_and_stays_out_of_the_totals()
    {
        var client = host.Fresh();
        var contacts = await host.ContactsAsync(client, "Ana");
        var automation = await client.AutomationAsync();

        var test = (await client.PostAsync($"/flow-automations/{automation}/start", $$"""{"test_mode":true,"test_contact_ids":["{{contacts[0].Id}}"]}""")).Expect(HttpStatusCode.Accepted);

        Assert.True(test["test_mode"].GetBoolean());
        Assert.Equal(0, (await client.GetAsync($"/flow-automations/{automation}/stats"))["total_executions"].GetInt32());
    }

    [Theory]
    [InlineData("\"audience_type\":\"all\"")]
    [InlineData("\"audience_config\":{\"contact_ids\":[]}")]
    [InlineData("")]
    [InlineData("\"audience_type\":\"lapsed\",\"audience_config\":{\"count\":0}")]
    public async Task An_empty_audience_is_refused(string audience)
    {
        var client = host.Fresh();
        var automation = await client.AutomationAsync(audience);

        Assert.Equal(["audience_config"], (await client.PostAsync($"/flow-automations/{automation}/start")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        Assert.Equal("draft", (await client.GetAsync($"/flow-automations/{automation}"))["status"].GetString());
    }

    [Fact]
    public async Task An_audience_of_people_who_may_not_be_written_to_is_empty_unless_they_are_named()
    {
        var client = host.Fresh();
        var contact = (await host.ContactsAsync(client, "Ana"))[0];
        await host.Store.Contacts.UpdateAsync(client.Organization, contact.Id, c => c with { OptedIn = false }, TestContext.Current.CancellationToken);
        var all = await client.AutomationAsync("\"audience_type\":\"all\"");
        var named = await client.AutomationAsync($$"""
            "audience_config":{"contact_ids":["{{contact.Id}}"]}
            """);
        var regardless = await client.AutomationAsync("\"audience_type\":\"all\",\"respect_opt_out\":false");

        (await client.PostAsync($"/flow-automations/{all}/start")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
        (await client.PostAsync($"/flow-automations/{named}/start")).Expect(HttpStatusCode.Accepted);
        (await client.PostAsync($"/flow-automations/{regardless}/start")).Expect(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData(Arrange.Message, "", HttpStatusCode.UnprocessableEntity)]
    [InlineData(Arrange.Template, "", HttpStatusCode.Accepted)]
    [InlineData(Arrange.Message, ",\"window_policy\":\"allow\"", HttpStatusCode.Accepted)]
    [InlineData(Arrange.Message, ",\"window_policy\":\"skip\"", HttpStatusCode.Accepted)]
    [InlineData(Arrange.Message, ",\"window_policy\":{\"template\":{\"name\":\"a\",\"language\":\"pt\"}}", HttpStatusCode.Accepted)]
    public async Task Where_only_templates_open_conversations_the_policy_decides(string nodes, string policy, HttpStatusCode status)
    {
        var client = host.Fresh();
        await host.ContactsAsync(client, "Ana");
        var automation = await client.AutomationAsync("\"audience_type\":\"all\"" + policy, nodes, client.WhatsApp);

        var answer = (await client.PostAsync($"/flow-automations/{automation}/start")).Expect(status);

        if (status == HttpStatusCode.UnprocessableEntity)
        {
            Assert.Equal(["window_policy"], answer.Faults);
        }
    }

    [Fact]
    public async Task A_flow_that_is_gone_keeps_it_from_starting()
    {
        var client = host.Fresh();
        await host.ContactsAsync(client, "Ana");
        var automation = await client.AutomationAsync("\"audience_type\":\"all\"");
        await client.DeleteAsync($"/flows/{(await client.GetAsync($"/flow-automations/{automation}"))["flow_id"].GetString()}");

        Assert.Equal(["flow_id"], (await client.PostAsync($"/flow-automations/{automation}/start")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        Assert.Contains((await client.GetAsync($"/flow-automations/{automation}"))["warnings"].EnumerateArray(), w => w.GetProperty("path").GetString() == "flow_id");
    }
}
