using System.Net;
using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Validation;

namespace FlowDispatch.AspNetCore.Tests.Contacts;

public sealed class ContactEndpointTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_contact_is_made_with_everything_it_is_given()
    {
        var api = host.Fresh();

        var made = (await api.PostAsync("/contacts", """
            {"whatsapp_id": "+55 (11) 98888-7777", "name": " Ana ", "email": "ana@example.com", "tags": ["vip", "vip", " new "],
             "custom_fields": {"points": 12, "nested": {"a": [1, 2.5, true, null]}}, "language": "pt-BR", "time_zone": "America/Manaus"}
            """)).Expect(HttpStatusCode.Created);

        Assert.Equal($"/api/v1/contacts/{made.Id}", made.Headers["Location"]);
        Assert.Equal(7, Guid.Parse(made.Id).Version);
        Assert.Equal("5511988887777", made["whatsapp_id"].GetString());
        Assert.Equal("Ana", made["name"].GetString());
        Assert.Equal("""["vip","new"]""", made["tags"].GetRawText());
        Assert.Equal("""{"points":12,"nested":{"a":[1,2.5,true,null]}}""", made["custom_fields"].GetRawText());
        Assert.Equal(made["custom_fields"].GetRawText(), made["attributes"].GetRawText());
        Assert.True(made["opted_in"].GetBoolean());
        Assert.False(made["blocked"].GetBoolean());
        Assert.Equal(JsonValueKind.Null, made["opt_changed_at"].ValueKind);
        Assert.Equal(made.Text, (await api.GetAsync($"/contacts/{made.Id}")).Expect(HttpStatusCode.OK).Text);
    }

    [Theory]
    [InlineData("11 98888-7777", "5511988887777")]
    [InlineData("011988887777", "5511988887777")]
    [InlineData("005511988887777", "5511988887777")]
    [InlineData("5511888888888", "5511888888888")]
    [InlineData("+1 201-555-0123", "12015550123")]
    public async Task A_number_is_kept_as_digits_with_its_country(string written, string kept)
    {
        var made = await host.Fresh().PostAsync("/contacts", JsonSerializer.Serialize(new { whatsapp_id = written }));

        Assert.Equal(kept, made.Expect(HttpStatusCode.Created)["whatsapp_id"].GetString());
    }

    [Fact]
    public async Task A_known_number_is_filled_in_and_keeps_what_is_not_given()
    {
        var api = host.Fresh();
        var first = (await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "name": "Ana", "tags": ["a"], "custom_fields": {"x": 1, "y": 1}}""")).Expect(HttpStatusCode.Created);

        var second = (await api.PostAsync("/contacts", """{"whatsapp_id": "11988887777", "email": "ana@example.com", "tags": ["b"], "attributes": {"y": 2}}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal("Ana", second["name"].GetString());
        Assert.Equal("ana@example.com", second["email"].GetString());
        Assert.Equal("""["a","b"]""", second["tags"].GetRawText());
        Assert.Equal("""{"x":1,"y":2}""", second["custom_fields"].GetRawText());
    }

    [Fact]
    public async Task A_deleted_contact_comes_back_still_opted_out()
    {
        var api = host.Fresh();
        var made = await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777"}""");
        await api.PostAsync($"/contacts/{made.Id}/opt-out");
        (await api.DeleteAsync($"/contacts/{made.Id}")).Expect(HttpStatusCode.NoContent);

        var again = (await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777"}""")).Expect(HttpStatusCode.Created);

        Assert.Equal(made.Id, again.Id);
        Assert.False(again["opted_in"].GetBoolean());
    }

    [Fact]
    public async Task Opt_out_and_block_given_with_a_contact_are_kept_with_their_time()
    {
        var api = host.Fresh();

        var made = (await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "opted_in": false, "blocked": true}""")).Expect(HttpStatusCode.Created);

        Assert.False(made["opted_in"].GetBoolean());
        Assert.Equal("api", made["opt_source"].GetString());
        Assert.Equal(JsonValueKind.String, made["opt_changed_at"].ValueKind);
        Assert.True(made["blocked"].GetBoolean());
        Assert.Equal(JsonValueKind.String, made["block_changed_at"].ValueKind);
        var back = (await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "opted_in": true}""")).Expect(HttpStatusCode.OK);
        Assert.True(back["opted_in"].GetBoolean());
        Assert.True(back["blocked"].GetBoolean());
    }

    [Theory]
    [InlineData("""{}""", "whatsapp_id")]
    [InlineData("""{"whatsapp_id": null}""", "whatsapp_id")]
    [InlineData("""{"whatsapp_id": 5511988887777}""", "whatsapp_id")]
    [InlineData("""{"whatsapp_id": "12"}""", "whatsapp_id")]
    [InlineData("""{"whatsapp_id": "ana"}""", "whatsapp_id")]
    [InlineData("""{"whatsapp_id": "5511988887777", "phone": "1"}""", "phone")]
    [InlineData("""{"whatsapp_id": "5511988887777", "email": "ana.example.com"}""", "email")]
    [InlineData("""{"whatsapp_id": "5511988887777", "language": "Português!"}""", "language")]
    [InlineData("""{"whatsapp_id": "5511988887777", "time_zone": "Mars/Olympus"}""", "time_zone")]
    [InlineData("""{"whatsapp_id": "5511988887777", "time_zone": "E. South America Standard Time"}""", "time_zone")]
    [InlineData("""{"whatsapp_id": "5511988887777", "tags": "vip"}""", "tags")]
    [InlineData("""{"whatsapp_id": "5511988887777", "tags": ["vip", " "]}""", "tags[1]")]
    [InlineData("""{"whatsapp_id": "5511988887777", "custom_fields": [1]}""", "custom_fields")]
    [InlineData("""{"whatsapp_id": "5511988887777", "custom_fields": {"a": 1}, "attributes": {"a": 2}}""", "attributes")]
    [InlineData("""{"whatsapp_id": "5511988887777", "opted_in": "yes"}""", "opted_in")]
    [InlineData("""{"whatsapp_id": "5511988887777", "blocked": null}""", "blocked")]
    public async Task A_field_that_can_not_be_what_is_given_is_named(string body, string fault)
    {
        var api = host.Fresh();

        var refused = (await api.PostAsync("/contacts", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([fault], refused.Faults);
        Assert.Equal(0, (await api.GetAsync("/contacts"))["total"].GetInt32());
    }

    [Fact]
    public async Task The_same_fields_under_both_names_are_taken()
    {
        var made = await host.Fresh().PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "custom_fields": {"a": 1, "b": 2}, "attributes": {"b": 2, "a": 1}}""");

        made.Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Put_changes_what_is_given_and_null_clears()
    {
        var api = host.Fresh();
        var made = await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "name": "Ana", "email": "ana@example.com", "tags": ["a"], "custom_fields": {"x": 1}, "language": "pt"}""");

        var changed = (await api.PutAsync($"/contacts/{made.Id}", """{"whatsapp_id": "5511977776666", "name": null, "tags": ["b"], "custom_fields": null}""")).Expect(HttpStatusCode.OK);

        Assert.Equal("5511977776666", changed["whatsapp_id"].GetString());
        Assert.Equal(JsonValueKind.Null, changed["name"].ValueKind);
        Assert.Equal("ana@example.com", changed["email"].GetString());
        Assert.Equal("""["b"]""", changed["tags"].GetRawText());
        Assert.Equal("{}", changed["custom_fields"].GetRawText());
        Assert.Equal("pt", changed["language"].GetString());
    }

    [Fact]
    public async Task A_number_of_another_contact_is_refused()
    {
        var api = host.Fresh();
        await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777"}""");
        var other = await api.PostAsync("/contacts", """{"whatsapp_id": "5511977776666"}""");

        (await api.PutAsync($"/contacts/{other.Id}", """{"whatsapp_id": "11988887777"}""")).ExpectProblem(HttpStatusCode.Conflict);
        (await api.PutAsync($"/contacts/{other.Id}", """{"whatsapp_id": null}""")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("opt-out", "opted_in", false, "opt_reason", "opt_changed_at")]
    [InlineData("opt-in", "opted_in", true, "opt_reason", "opt_changed_at")]
    [InlineData("block", "blocked", true, "block_reason", "block_changed_at")]
    [InlineData("unblock", "blocked", false, "block_reason", "block_changed_at")]
    public async Task What_is_decided_about_a_contact_is_kept_with_reason_and_time(string verb, string field, bool value, string reason, string time)
    {
        var api = host.Fresh();
        var made = await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777"}""");

        var noted = (await api.PostAsync($"/contacts/{made.Id}/{verb}", """{"reason": "asked by phone"}""")).Expect(HttpStatusCode.OK);
        var again = (await api.PostAsync($"/contacts/{made.Id}/{verb}")).Expect(HttpStatusCode.OK);

        Assert.Equal(value, noted[field].GetBoolean());
        Assert.Equal("asked by phone", noted[reason].GetString());
        Assert.Equal(host.Clock.GetUtcNow(), noted[time].GetDateTimeOffset());
        Assert.Equal(noted.Text, again.Text);
        Assert.Equal(["reasons"], (await api.PostAsync($"/contacts/{made.Id}/{verb}", """{"reasons": 1}""")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }

    [Fact]
    public async Task A_deleted_contact_is_gone_for_everybody()
    {
        var api = host.Fresh();
        var made = await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777"}""");

        (await api.DeleteAsync($"/contacts/{made.Id}")).Expect(HttpStatusCode.NoContent);

        (await api.GetAsync($"/contacts/{made.Id}")).ExpectProblem(HttpStatusCode.NotFound);
        (await api.PutAsync($"/contacts/{made.Id}", "{}")).ExpectProblem(HttpStatusCode.NotFound);
        (await api.PostAsync($"/contacts/{made.Id}/opt-in")).ExpectProblem(HttpStatusCode.NotFound);
        (await api.DeleteAsync($"/contacts/{made.Id}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(0, (await api.GetAsync("/contacts"))["total"].GetInt32());
    }

    [Fact]
    public async Task Contacts_are_found_by_text_and_tag()
    {
        var api = host.Fresh();
        await api.PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "name": "Ana", "tags": ["vip"]}""");
        await api.PostAsync("/contacts", """{"whatsapp_id": "5511977776666", "email": "bia@example.com", "tags": ["vip", "new"]}""");

        Assert.Equal(1, (await api.GetAsync("/contacts?query=ANA"))["total"].GetInt32());
        Assert.Equal(1, (await api.GetAsync("/contacts?query=7777666"))["total"].GetInt32());
        Assert.Equal(1, (await api.GetAsync("/contacts?query=bia%40"))["total"].GetInt32());
        Assert.Equal(2, (await api.GetAsync("/contacts?tag=vip"))["total"].GetInt32());
        Assert.Equal(0, (await api.GetAsync("/contacts?tag=vip&query=nobody"))["total"].GetInt32());
        (await api.GetAsync("/contacts?tags=vip")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Pages_and_cursors_show_everybody_once()
    {
        var api = host.Fresh();
        await host.Store.Contacts.UpsertAsync(
            api.Organization,
            [.. Enumerable.Range(0, 7).Select(i => new ContactUpsert { WhatsAppId = $"551198888777{i}" })],
            ContactUpdateMode.Fill,
            revive: false,
            TestContext.Current.CancellationToken);

        var page = (await api.GetAsync("/contacts?page=3&page_size=3")).Expect(HttpStatusCode.OK);
        Assert.Equal((1, 7, 3, 3), (page["items"].GetArrayLength(), page["total"].GetInt32(), page["page"].GetInt32(), page["total_pages"].GetInt32()));

        var seen = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var part = (await api.GetAsync($"/contacts?page_size=3&cursor={cursor}")).Expect(HttpStatusCode.OK);
            seen.AddRange(part["items"].EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
            cursor = part["next_cursor"].GetString();
        }

        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(7, seen.Count);
        (await api.GetAsync("/contacts?cursor=nonsense")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Nothing_of_another_organization_is_seen_or_changed()
    {
        var owner = host.Fresh();
        var stranger = host.Fresh();
        var made = await owner.PostAsync("/contacts", """{"whatsapp_id": "5511988887777", "name": "Ana"}""");

        (await stranger.GetAsync($"/contacts/{made.Id}")).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.PutAsync($"/contacts/{made.Id}", """{"name": "X"}""")).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"/contacts/{made.Id}/block")).ExpectProblem(HttpStatusCode.NotFound);
        (await stranger.As("viewer").DeleteAsync($"/contacts/{made.Id}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.NotEqual(made.Id, (await stranger.PostAsync("/contacts", """{"whatsapp_id": "5511988887777"}""")).Expect(HttpStatusCode.Created).Id);
        Assert.Equal(made.Text, (await owner.GetAsync($"/contacts/{made.Id}")).Text);
    }

    [Fact]
    public async Task Each_role_does_what_it_may()
    {
        var admin = host.Fresh();
        var made = await admin.PostAsync("/contacts", """{"whatsapp_id": "5511988887777"}""");

        (await admin.As("viewer").GetAsync($"/contacts/{made.Id}")).Expect(HttpStatusCode.OK);
        (await admin.As("viewer").PostAsync("/contacts", """{"whatsapp_id": "5511977776666"}""")).ExpectProblem(HttpStatusCode.Forbidden);
        (await admin.As("viewer").PostAsync($"/contacts/{made.Id}/opt-out")).ExpectProblem(HttpStatusCode.Forbidden);
        (await admin.As("operator").PostAsync($"/contacts/{made.Id}/opt-out")).Expect(HttpStatusCode.OK);
        (await admin.As("operator").DeleteAsync($"/contacts/{made.Id}")).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("""{"custom_fields":{"a":1e400}}""", "custom_fields.a", "1e400")]
    [InlineData("""{"custom_fields":{"a":-1e400}}""", "custom_fields.a", "-1e400")]
    [InlineData("""{"attributes":{"a":{"b":[0,1e400]}}}""", "attributes.a.b[1]", "1e400")]
    public async Task A_number_that_nothing_can_keep_is_refused_by_its_path(string body, string path, string number)
    {
        var api = host.Fresh();
        var contact = await api.PostAsync("/contacts", """{"whatsapp_id":"11988887777"}""");

        var answer = (await api.PutAsync($"/contacts/{contact.Id}", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([path], answer.Faults);
        Assert.Equal($"is {number}, which is beyond the largest number that is kept (1.8e308); give it as a text.", answer.Fault(path));
    }

    [Fact]
    public async Task A_whole_number_of_any_length_is_kept_or_refused_but_never_an_error_of_ours()
    {
        var api = host.Fresh();

        (await api.PostAsync("/contacts", $$$"""{"whatsapp_id":"11988887777","custom_fields":{"a":1{{{new string('0', 300)}}}}}""")).Expect(HttpStatusCode.Created);
        var refused = (await api.PostAsync("/contacts", $$$"""{"whatsapp_id":"11988887777","custom_fields":{"a":1{{{new string('0', 400)}}}}}""")).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal(["custom_fields.a"], refused.Faults);
    }

    [Fact]
    public async Task A_host_that_gives_an_infinite_number_is_told_its_path()
    {
        var fields = new ContactFields { CustomFields = new(true, new Dictionary<string, object?> { ["a"] = new List<object?> { 1L, double.NaN } }) };
        var contact = (await host.ContactsAsync(host.Fresh(), "Ana"))[0];

        var error = await Assert.ThrowsAsync<InvalidFieldsException>(() =>
            host.Service<ContactService>().UpdateAsync(contact.OrganizationId, contact.Id, fields, TestContext.Current.CancellationToken));

        Assert.Equal(["custom_fields.a[1]"], error.Errors.Keys);
    }
}
