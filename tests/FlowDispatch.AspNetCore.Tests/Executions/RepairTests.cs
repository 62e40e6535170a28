using System.Net;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Tests.Executions;

public sealed class RepairTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_repair_is_accepted_as_a_new_execution_that_names_the_old_one()
    {
        var client = host.Fresh();
        var (automation, old) = await EndedAsync(client, Arrange.Person("Ana", RecipientStatus.Failed, "131026"), Arrange.Person("Bia", RecipientStatus.Skipped, ReasonCodes.OptedOut));
        var before = (await client.GetAsync($"/executions/{old}")).Text;

        var repair = (await client.As("operator").PostAsync($"/executions/{old}/repair", """{"statuses":["failed"],"error_codes":["131026"],"query":"ana"}""")).Expect(HttpStatusCode.Accepted);

        Assert.Equal($"/api/v1/executions/{repair.Id}", repair.Headers["Location"]);
        Assert.Equal((old, automation, "queued", "manual"), (Text(repair, "repair_of"), Text(repair, "automation_id"), Text(repair, "status"), Text(repair, "execution_type")));
        Assert.Equal(old, Text(await client.GetAsync($"/executions/{repair.Id}"), "repair_of"));
        Assert.Equal(before, (await client.GetAsync($"/executions/{old}")).Text);
        Assert.Equal(2, (await client.GetAsync($"/flow-automations/{automation}/executions"))["total"].GetInt32());
    }

    [Fact]
    public async Task Without_a_body_everybody_who_failed_was_skipped_or_was_cancelled_is_repaired()
    {
        var client = host.Fresh();
        var (_, old) = await EndedAsync(client, Arrange.Person("Ana", RecipientStatus.Skipped, ReasonCodes.OptedOut));

        (await client.PostAsync($"/executions/{old}/repair")).Expect(HttpStatusCode.Accepted);
        (await client.PostAsync($"/executions/{old}/repair", """{"statuses":null,"error_codes":null,"query":null}""")).Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task The_same_key_repairs_once()
    {
        var client = host.Fresh();
        var (automation, old) = await EndedAsync(client, Arrange.Person("Ana", RecipientStatus.Failed, "131026"));
        var path = $"/executions/{old}/repair";

        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.PostAsync(path, key: "r1")));
        var again = (await client.PostAsync(path, key: "r1")).Expect(HttpStatusCode.Accepted);

        Assert.Single(together.Select(t => t.Expect(HttpStatusCode.Accepted).Id).Append(again.Id).Distinct());
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        (await client.PostAsync(path, "{\"statuses\":[\"failed\"]}", key: "r1")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(2, (await client.GetAsync($"/flow-automations/{automation}/executions"))["total"].GetInt32());
    }

    [Theory]
    [InlineData("""{"statuses":["failed","sent"]}""", "statuses[1]", "\"sent\" can't be repaired; name any of failed, skipped, cancelled, in_doubt.")]
    [InlineData("""{"statuses":["Failed"]}""", "statuses[0]", "\"Failed\" can't be repaired; name any of failed, skipped, cancelled, in_doubt.")]
    [InlineData("""{"statuses":[8]}""", "statuses[0]", "must be a text, not a number.")]
    [InlineData("""{"statuses":"failed"}""", "statuses", "must be a list, not a text.")]
    [InlineData("""{"statuses":[]}""", "statuses", "must name at least one status; leave it out for failed, skipped and cancelled.")]
    [InlineData("""{"error_codes":[]}""", "error_codes", "has 0 codes; name from 1 to 100, or leave it out for any.")]
    [InlineData("""{"error_codes":[131026]}""", "error_codes[0]", "must be a text, not a number.")]
    [InlineData("""{"query":""}""", "query", "has 0 characters; it must have from 1 to 1,000, or be left out for everybody.")]
    [InlineData("""{"status":["failed"]}""", "status", "is unknown; did you mean statuses?")]
    [InlineData("""{"statuses":["in_doubt"]}""", "statuses", "finds nobody: no recipient of the execution has one of these statuses and meets the other conditions.")]
    [InlineData("""{"error_codes":["131000"]}""", "statuses", "finds nobody: no recipient of the execution has one of these statuses and meets the other conditions.")]
    public async Task A_wrong_repair_is_refused_by_field(string body, string path, string message)
    {
        var client = host.Fresh();
        var (_, old) = await EndedAsync(client, Arrange.Person("Ana", RecipientStatus.Failed, "131026"));

        var refused = (await client.PostAsync($"/executions/{old}/repair", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([path], refused.Faults);
        Assert.Equal(message, refused.Fault(path));
    }

    [Fact]
    public async Task In_the_wrong_state_it_is_refused_with_the_state()
    {
        var client = host.Fresh();
        var (_, open) = await host.StartedAsync(client, "Ana");
        Assert.Equal("queued", Text((await client.PostAsync($"/executions/{open}/repair")).ExpectProblem(HttpStatusCode.Conflict), "state"));

        var (automation, old) = await EndedAsync(client, Arrange.Person("Ana", RecipientStatus.Failed, "131026"));
        (await client.DeleteAsync($"/flow-automations/{automation}")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("archived", Text((await client.PostAsync($"/executions/{old}/repair")).ExpectProblem(HttpStatusCode.Conflict), "state"));
    }

    [Fact]
    public async Task Roles_and_tenants_hold()
    {
        var client = host.Fresh();
        var (_, old) = await EndedAsync(client, Arrange.Person("Ana", RecipientStatus.Failed, "131026"));

        (await client.As("viewer").PostAsync($"/executions/{old}/repair")).ExpectProblem(HttpStatusCode.Forbidden);
        (await host.Fresh("viewer").PostAsync($"/executions/{old}/repair")).ExpectProblem(HttpStatusCode.NotFound);
        (await host.Fresh().PostAsync($"/executions/{old}/repair")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.PostAsync($"/executions/{ExecutionId.New(host.Clock)}/repair")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.PostAsync($"/executions/{old}/repair", "{")).ExpectProblem(HttpStatusCode.BadRequest);
    }

    private static string? Text(ApiAnswer answer, string name) => answer[name].GetString();

    /// <summary>An execution that ended with these people, none of whom was sent to.</summary>
    private async Task<(string Automation, string Execution)> EndedAsync(ApiClient client, params Storage.PlannedRecipient[] people)
    {
        var (automation, execution) = await host.StartedAsync(client, "Ana");
        await host.PlanAsync(client, execution, people);
        Assert.Equal("completed", (await client.GetAsync($"/executions/{execution}"))["status"].GetString());
        return (automation, execution);
    }
}
