using System.Net;
using System.Text.Json;
using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Tests.Recipients;

public sealed class RecipientTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_recipient_shows_its_row_history_and_explanation()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var person = (await host.PlanAsync(client, execution, Arrange.Person("José")))[0];
        host.Clock.Advance(TimeSpan.FromSeconds(5));
        await host.AcceptAsync(person);

        var read = (await client.GetAsync($"/recipients/{person.Id}")).Expect(HttpStatusCode.OK);

        var sentAt = read["sent_at"].GetString();
        var plannedAt = read["created_at"].GetString();
        var expected = $$"""
            {"id":"{{person.Id}}","execution_id":"{{execution}}","contact_id":"{{person.ContactId}}","phone_number":"5511888888888","contact_name":"José","variables":{"name":"José"},
             "status":"sent","attempts":1,"next_attempt_at":null,"waiting_reason":null,"flow_completed":true,"flow_current_node":"end","flow_outcome":"completed","error_code":null,"error_message":null,
             "provider_message_id":"wamid.{{person.Id}}","created_at":"{{plannedAt}}","sent_at":"{{sentAt}}","delivered_at":null,"read_at":null,"replied_at":null,"completed_at":"{{sentAt}}","failed_at":null,
             "history":[
               {"kind":"planned","at":"{{plannedAt}}","attempt":null,"code":null,"message":null,"provider_message_id":null},
               {"kind":"attempt_accepted","at":"{{sentAt}}","attempt":1,"code":null,"message":null,"provider_message_id":"wamid.{{person.Id}}"},
               {"kind":"flow_completed","at":"{{sentAt}}","attempt":null,"code":null,"message":"completed","provider_message_id":null}],
             "explanation":{"code":"sent","text_en":"The provider took the message.","text_pt":"O provedor aceitou a mensagem.","next_eligible_at":null}
            }
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), read.Json), read.Text);
    }

    [Fact]
    public async Task A_receipt_in_whole_seconds_comes_behind_the_attempt_it_tells_of()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var person = (await host.PlanAsync(client, execution, Arrange.Person("A")))[0];
        host.Clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(host.Clock.GetUtcNow().Ticks % TimeSpan.TicksPerSecond));
        var second = host.Clock.GetUtcNow();
        host.Clock.Advance(TimeSpan.FromMilliseconds(300));
        await host.AcceptAsync(person);
        await host.MoveAsync(person, r => new() { After = r with { DeliveredAt = second, Reached = Milestone.Delivered, Status = RecipientStatus.Delivered } });

        var history = (await client.GetAsync($"/recipients/{person.Id}")).Expect(HttpStatusCode.OK)["history"];

        Assert.Equal(
            ["planned", "attempt_accepted", "receipt_delivered", "flow_completed"],
            history.EnumerateArray().Select(e => e.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Who_waits_is_told_why_and_until_when()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var people = await host.PlanAsync(client, execution, Arrange.Person("A"), Arrange.Person("B"), Arrange.Person("C", RecipientStatus.Skipped, ReasonCodes.NotFound));
        var due = host.Clock.GetUtcNow().AddHours(3);
        await host.MoveAsync(people[0], r => RecipientRules.Fail(r, 1, "131026", "Undeliverable.", host.Clock.GetUtcNow(), due));

        var retrying = (await client.GetAsync($"/recipients/{people[0].Id}")).Expect(HttpStatusCode.OK);
        var queued = await client.GetAsync($"/recipients/{people[1].Id}");
        var skipped = await client.GetAsync($"/recipients/{people[2].Id}");
        await client.PostAsync($"/executions/{execution}/pause");
        var paused = await client.GetAsync($"/recipients/{people[1].Id}");

        Assert.Equal("pending", retrying["status"].GetString());
        Assert.Equal("retry", retrying["explanation"].GetProperty("code").GetString());
        Assert.Equal(due, retrying["explanation"].GetProperty("next_eligible_at").GetDateTimeOffset());
        Assert.Contains(retrying["history"].EnumerateArray(), e => e.GetProperty("kind").GetString() == "attempt_failed" && e.GetProperty("code").GetString() == "131026");
        Assert.Equal("rate_limit", queued["explanation"].GetProperty("code").GetString());
        Assert.Equal("not_found", skipped["explanation"].GetProperty("code").GetString());
        Assert.Equal("paused", paused["explanation"].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Filters_and_cursors_walk_through_the_recipients()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var people = await host.PlanAsync(
            client, execution, Arrange.Person("Ana"), Arrange.Person("Bia"), Arrange.Person("Caio", RecipientStatus.Skipped, ReasonCodes.Blocked), Arrange.Person("Davi", RecipientStatus.Failed, "131026"), Arrange.Person("Eva"));
        await host.AcceptAsync(people[1]);
        var path = $"/executions/{execution}/recipients";

        Assert.Equal(["Bia"], Names(await client.GetAsync(path + "?status=sent")));
        Assert.Equal(["Ana", "Eva"], Names(await client.GetAsync(path + "?status=pending")));
        Assert.Equal(["Bia"], Names(await client.GetAsync(path + "?reached=sent")));
        Assert.Equal(["Davi"], Names(await client.GetAsync(path + "?error_code=131026")));
        Assert.Equal(["Caio"], Names(await client.GetAsync(path + "?query=cai")));
        Assert.Equal(["Caio", "Davi"], Names(await client.GetAsync(path + "?page=2&page_size=2")));

        var first = (await client.GetAsync(path + "?cursor=&page_size=3")).Expect(HttpStatusCode.OK);
        var second = (await client.GetAsync(path + $"?cursor={first["next_cursor"].GetString()}&page_size=3")).Expect(HttpStatusCode.OK);

        Assert.Equal(["items", "next_cursor", "total"], first.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["Ana", "Bia", "Caio"], Names(first));
        Assert.Equal(["Davi", "Eva"], Names(second));
        Assert.Equal(5, second["total"].GetInt32());
        Assert.Equal(JsonValueKind.Null, second["next_cursor"].ValueKind);
    }

    [Theory]
    [InlineData("status=open", "status")]
    [InlineData("status=Sent", "status")]
    [InlineData("reached=none", "reached")]
    [InlineData("reached=failed", "reached")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=&page=2", "page")]
    [InlineData("error=1", "error")]
    [InlineData("query=%00", "query")]
    public async Task A_bad_filter_is_refused(string query, string name)
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");

        Assert.Equal([name], (await client.GetAsync($"/executions/{execution}/recipients?{query}")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }

    [Fact]
    public async Task Only_a_doubt_can_be_resolved_and_only_once()
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var people = await host.PlanAsync(client, execution, Arrange.Person("A"), Arrange.Person("B"));
        foreach (var person in people)
        {
            await host.MoveAsync(person, r => RecipientRules.Doubt(r, 1, "No answer.", host.Clock.GetUtcNow(), host.Clock.GetUtcNow().AddMinutes(2)));
        }

        var doubt = await client.GetAsync($"/recipients/{people[0].Id}");
        var sent = (await client.PostAsync($"/recipients/{people[0].Id}/resolve", """{"outcome":"sent"}""")).Expect(HttpStatusCode.OK);
        var notSent = (await client.PostAsync($"/recipients/{people[1].Id}/resolve", """{"outcome":"not_sent"}""")).Expect(HttpStatusCode.OK);

        Assert.Equal("in_doubt", doubt["status"].GetString());
        Assert.Equal("awaiting_receipt", doubt["explanation"].GetProperty("code").GetString());
        Assert.Equal(("sent", "next_step"), (sent["status"].GetString(), sent["waiting_reason"].GetString()));
        Assert.Equal("pending", notSent["status"].GetString());
        Assert.Contains(sent["history"].EnumerateArray(), e => e.GetProperty("kind").GetString() == "resolved_sent");
        Assert.Equal("sent", (await client.PostAsync($"/recipients/{people[0].Id}/resolve", """{"outcome":"sent"}""")).ExpectProblem(HttpStatusCode.Conflict)["state"].GetString());
    }

    [Theory]
    [InlineData("""{}""", "outcome")]
    [InlineData("""{"outcome":"maybe"}""", "outcome")]
    [InlineData("""{"outcome":"sent","note":""}""", "note")]
    public async Task A_wrong_resolution_is_refused(string body, string path)
    {
        var client = host.Fresh();
        var (_, execution) = await host.StartedAsync(client, "Ana");
        var person = (await host.PlanAsync(client, execution, Arrange.Person("A")))[0];

        Assert.Equal([path], (await client.PostAsync($"/recipients/{person.Id}/resolve", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        (await client.As("viewer").PostAsync($"/recipients/{person.Id}/resolve", body)).ExpectProblem(HttpStatusCode.Forbidden);
        (await host.Fresh("viewer").PostAsync($"/recipients/{person.Id}/resolve", body)).ExpectProblem(HttpStatusCode.NotFound);
        (await client.GetAsync($"/recipients/{Guid.Empty}")).ExpectProblem(HttpStatusCode.NotFound);
    }

    private static IEnumerable<string?> Names(ApiAnswer answer) =>
        answer.Expect(HttpStatusCode.OK)["items"].EnumerateArray().Select(i => i.GetProperty("contact_name").GetString());

    [Fact]
    public async Task Who_was_never_put_off_shows_what_it_waits_for_wherever_it_is_shown()
    {
        var client = host.Fresh();
        var now = host.Clock.GetUtcNow();
        var contacts = await host.ContactsAsync(client, "Ana");
        var automation = await client.AutomationAsync($$"""
            "audience_config":{"contact_ids":["{{contacts[0].Id}}"]},"execution_timezone":"UTC","rate_limit_per_hour":3601,
            "execution_window_start":"{{now.AddHours(1):HH:mm:ss}}","execution_window_end":"{{now.AddHours(2):HH:mm:ss}}"
            """);
        var execution = (await client.PostAsync($"/flow-automations/{automation}/start")).Id;
        var person = (await host.PlanAsync(client, execution, Arrange.Person("A")))[0];
        var opening = new DateTimeOffset(now.AddHours(1).Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

        var listed = (await client.GetAsync($"/executions/{execution}/recipients")).Expect(HttpStatusCode.OK)["items"][0];
        var read = await client.GetAsync($"/recipients/{person.Id}");
        var line = (await client.GetAsync($"/executions/{execution}/export?format=csv")).Text.Split("\r\n")[1];
        await client.PostAsync($"/executions/{execution}/pause");
        var paused = (await client.GetAsync($"/executions/{execution}/recipients"))["items"][0];

        Assert.Equal(("outside_window", opening), (listed.GetProperty("waiting_reason").GetString(), listed.GetProperty("next_attempt_at").GetDateTimeOffset()));
        Assert.Equal(("outside_window", opening), (read["waiting_reason"].GetString(), read["next_attempt_at"].GetDateTimeOffset()));
        Assert.Contains($",pending,0,{opening:yyyy-MM-dd'T'HH:mm:ss'Z'},outside_window,", line, StringComparison.Ordinal);
        Assert.Equal(("paused", JsonValueKind.Null), (paused.GetProperty("waiting_reason").GetString(), paused.GetProperty("next_attempt_at").ValueKind));
    }

    [Fact]
    public async Task Who_waits_for_a_rate_shows_its_turn_and_who_is_only_queued_shows_nothing()
    {
        var client = host.Fresh();
        var contacts = await host.ContactsAsync(client, "Ana");
        var slow = await client.AutomationAsync($$"""
            "audience_config":{"contact_ids":["{{contacts[0].Id}}"]},"rate_limit_per_hour":3601
            """);
        var free = await client.AutomationAsync($$"""
            "audience_config":{"contact_ids":["{{contacts[0].Id}}"]},"rate_limit_per_hour":null
            """);
        var execution = (await client.PostAsync($"/flow-automations/{slow}/start")).Id;
        var other = (await client.PostAsync($"/flow-automations/{free}/start")).Id;
        await host.PlanAsync(client, execution, [.. Enumerable.Range(0, 3).Select(n => Arrange.Person($"P{n}"))]);
        await host.PlanAsync(client, other, Arrange.Person("Q"));

        var turns = (await client.GetAsync($"/executions/{execution}/recipients"))["items"].EnumerateArray().ToList();
        var queued = (await client.GetAsync($"/executions/{other}/recipients"))["items"][0];

        Assert.All(turns, t => Assert.Equal("rate_limit", t.GetProperty("waiting_reason").GetString()));
        Assert.Equal(
            [host.Clock.GetUtcNow(), host.Clock.GetUtcNow().AddSeconds(1), host.Clock.GetUtcNow().AddSeconds(2)],
            turns.Select(t => t.GetProperty("next_attempt_at").GetDateTimeOffset()));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (queued.GetProperty("waiting_reason").ValueKind, queued.GetProperty("next_attempt_at").ValueKind));
    }
}
