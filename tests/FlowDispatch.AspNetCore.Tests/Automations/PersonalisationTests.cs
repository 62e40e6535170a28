using System.Net;
using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.AspNetCore.Tests.Automations;

/// <summary>From the template of a mapping to the text of a message, through the HTTP API.</summary>
public sealed class PersonalisationTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Shout = """[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":"[{{ x }}]","next":"e"},{"id":"e","type":"end"}]""";

    internal const string Fields = """
        {"points":150,"price":19.90,"vip":true,"off":false,"nothing":null,"items":"i","keys":"k","size":"GG","first":"f","last":"l",
         "address":{"street":"Rua Á","no":5},"list":["a",1,null],"note":"{{ x }} {% raw %} 😀 שלום"}
        """;

    /// <summary>A value of a mapping, as JSON, and what the person of <see cref="Fields"/> gets of it.</summary>
    public static TheoryData<string, string> Matrix { get; } = new()
    {
        { "\"{{contact.attributes.points}}\"", "150" },
        { "\"{{contact.custom_fields.points}}\"", "150" },
        { "\"{{contact.custom_fields.price}}\"", "19.90" },
        { "\"{{contact.custom_fields.vip}}\"", "true" },
        { "\"{{contact.custom_fields.off}}\"", "false" },
        { "\"{{contact.custom_fields.nothing}}\"", "" },
        { "\"{{contact.custom_fields.unknown}}\"", "" },
        { "\"{{contact.custom_fields.unknown.deeper[3]}}\"", "" },
        { "\"{{contact.name}}\"", "João {{discount}}" },
        { "\"{{ contact.name }}\"", "João {{discount}}" },
        { "\"{{   contact.name\\n}}\"", "João {{discount}}" },
        { "\"{{ contact.name | split: \\\" \\\" | first | capitalize }}\"", "João" },
        { "\"{% if contact.custom_fields.points > 100 %}{{ contact.name }}{% endif %}\"", "João {{discount}}" },
        { "\"{{contact.custom_fields.items}}\"", "i" },
        { "\"{{contact.custom_fields.keys}}\"", "k" },
        { "\"{{contact.custom_fields.size}}\"", "GG" },
        { "\"{{contact.custom_fields.first}}{{contact.custom_fields.last}}\"", "fl" },
        { "\"{{contact.custom_fields.address}}\"", """{"street":"Rua Á","no":5}""" },
        { "\"{{contact.custom_fields.list}}\"", """["a",1,null]""" },
        { "\"{{contact.custom_fields.note}}\"", "{{ x }} {% raw %} 😀 שלום" },
        { "\"{{contact.__class__}}\"", "" },
        { "\"{{contact.GetType}}\"", "" },
        { "\"10%\"", "10%" },
        { "10", "10" },
        { "true", "true" },
        { "null", "" },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_mapping_reaches_the_message_as(string template, string expected)
    {
        var client = host.Fresh();
        await AddAsync(client, new ContactUpsert { WhatsAppId = "5511988887777", Name = "João {{discount}}", CustomFields = FieldValues.Parse(Fields) });
        var automation = await client.AutomationAsync($$"""
            "audience_type":"all","variable_mapping":{"x":{{template}}}
            """, Shout);

        var person = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK)["recipients"][0];

        Assert.Equal(expected, person.GetProperty("variables").GetProperty("x").GetString());
        Assert.Equal($"[{expected}]", person.GetProperty("messages")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("{{ contact.name ", "Line 1, column 1: The output is never closed; end it with }}.")]
    [InlineData("{{ contact.name | capitalise }}", "Line 1, column 19: There is no filter 'capitalise'. Did you mean 'capitalize'?")]
    [InlineData("Oi\\n{% iff contact.name %}x{% endif %}", "Line 2, column 4: There is no tag 'iff'. Did you mean 'if'?")]
    [InlineData("{% if contact.name %}x", "Line 1, column 1: The block 'if' is never closed; end it with {% endif %}.")]
    [InlineData("{{ contact.name | truncate: 1, 2, 3 }}", "Line 1, column 19: The filter 'truncate' takes 0 to 2 arguments, not 3.")]
    public async Task A_template_that_can_not_be_read_is_refused_where_it_is_wrong(string template, string fault)
    {
        var client = host.Fresh();
        var flow = await client.FlowAsync();
        var mapping = """
            "variable_mapping":{"ok":"{{ contact.name }}","name":"TEMPLATE"}
            """.Replace("TEMPLATE", template, StringComparison.Ordinal);

        var refused = (await client.PostAsync("/flow-automations", client.Automation(flow, mapping))).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal(["variable_mapping.name"], refused.Faults);
        Assert.Equal(fault, refused.Fault("variable_mapping.name"));

        var id = await client.AutomationAsync();
        Assert.Equal(fault, (await client.PutAsync($"/flow-automations/{id}", "{" + mapping + "}")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Fault("variable_mapping.name"));
    }

    [Fact]
    public async Task A_field_that_nobody_has_is_a_warning_with_its_place_and_the_nearest_name()
    {
        var client = host.Fresh();
        const string Mapping = """
            "audience_type":"all","variable_mapping":{"name":"Oi {{ contact.attributes.pionts }}","b":"{{ contact.custom_fields.points }}{{ row.cidade }}"}
            """;
        var flow = await client.FlowAsync();

        // Without a contact nothing is known of their fields.
        var nobody = (await client.PostAsync("/flow-automations", client.Automation(flow, Mapping))).Expect(HttpStatusCode.Created);
        Assert.Equal(["variable_mapping.b"], nobody["warnings"].EnumerateArray().Select(w => w.GetProperty("path").GetString()));

        await AddAsync(client, new ContactUpsert { WhatsAppId = "5511988887777", CustomFields = FieldValues.Parse(Fields) });
        var warnings = (await client.PostAsync("/flow-automations", client.Automation(flow, Mapping))).Expect(HttpStatusCode.Created)["warnings"];

        const string Expected = """
            [{"path":"variable_mapping.name","message":"'contact.attributes.pionts' will be empty: no contact has a custom field 'pionts'. Did you mean 'points'?","line":1,"column":7},
             {"path":"variable_mapping.b","message":"'row.cidade' will be empty: only uploaded lists have rows, and the audience is \"all\".","line":1,"column":38}]
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Expected), warnings), warnings.GetRawText());
    }

    [Fact]
    public async Task A_column_that_the_upload_has_not_is_a_warning()
    {
        var client = host.Fresh();
        var upload = (await client.SendAsync("POST", "/uploads", "telefone,cidade\n11988887777,Santos\n", "text/csv")).Expect(HttpStatusCode.Created).Id;

        var made = (await client.PostAsync("/flow-automations", client.Automation(await client.FlowAsync(), $$$"""
            "audience_type":"uploaded","audience_config":{"upload_id":"{{{upload}}}"},"variable_mapping":{"name":"{{ row.cidade }} {{ row.cidad }}"}
            """))).Expect(HttpStatusCode.Created);

        var warning = Assert.Single(made["warnings"].EnumerateArray());
        Assert.Equal("'row.cidad' will be empty: the upload has no column 'cidad'. Did you mean 'cidade'?", warning.GetProperty("message").GetString());
        Assert.Equal(21, warning.GetProperty("column").GetInt32());
    }

    [Fact]
    public async Task What_each_template_reads_and_uses_is_listed_with_places()
    {
        var client = host.Fresh();
        const string Nodes = """[{"id":"s","type":"start","next":"t"},{"id":"t","type":"template","template":{"name":"n","language":"pt_BR","parameters":{"who":"{{ name | upcase }}"}},"next":"e"},{"id":"e","type":"end"}]""";
        var automation = await client.AutomationAsync("""
            "variable_mapping":{"name":"Oi\n{{ contact.name | split: ' ' | first }}","ten":"10%","n":3}
            """, Nodes);

        var uses = (await client.As("viewer").GetAsync($"/flow-automations/{automation}/variables")).Expect(HttpStatusCode.OK);

        Assert.Equal(
            """{"templates":[{"path":"variable_mapping.name","reads":[{"path":"contact.name","line":2,"column":4}],"filters":[{"name":"split","line":2,"column":19},{"name":"first","line":2,"column":32}]},{"path":"variable_mapping.ten","reads":[],"filters":[]},{"path":"variable_mapping.n","reads":[],"filters":[]},{"path":"flow.nodes[1].template.parameters.who","reads":[{"path":"name","line":1,"column":4}],"filters":[{"name":"upcase","line":1,"column":11}]}]}""",
            uses.Text);
        (await host.Fresh().GetAsync($"/flow-automations/{automation}/variables")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_registered_root_is_known_and_its_fields_are_too()
    {
        var client = host.Fresh();
        var made = (await client.PostAsync("/flow-automations", client.Automation(await client.FlowAsync(), """
            "variable_mapping":{"name":"{{ coupon.code }} {{ coupon.cod }}","b":"{{ cupon.code }}"}
            """))).Expect(HttpStatusCode.Created);

        const string Expected = """
            [{"path":"variable_mapping.name","message":"'coupon.cod' is unknown and will be empty; 'coupon' has no 'cod'. Did you mean 'code'?","line":1,"column":22},
             {"path":"variable_mapping.b","message":"'cupon.code' is unknown and will be empty; the values are in contact, row, event, automation, execution, channel, coupon, broken. Did you mean 'coupon'?","line":1,"column":4}]
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Expected), made["warnings"]), made["warnings"].GetRawText());
    }

    [Fact]
    public async Task A_preview_takes_nothing_from_a_source_and_says_what_is_a_sample()
    {
        var client = host.Fresh();
        await AddAsync(client, new ContactUpsert { WhatsAppId = "5511988887777", Name = "Ana" });
        var automation = await client.AutomationAsync("""
            "audience_type":"all","missing_variable_policy":"skip","variable_mapping":{"x":"{{ coupon.code }} {{ broken.word | upcase }}"}
            """, Shout);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK);

        Assert.Equal("[[coupon.code] [BROKEN.WORD]]", preview["recipients"][0].GetProperty("messages")[0].GetProperty("text").GetString());
        const string Expected = """
            [{"name":"coupon","sample":true,"problem":null},
             {"name":"broken","sample":true,"problem":"The variable source \"broken\" failed with InvalidOperationException; the log says more. It is asked again until it answers."}]
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Expected), preview["variable_sources"]), preview["variable_sources"].GetRawText());
    }

    [Theory]
    [InlineData("empty", "pending", null)]
    [InlineData("skip", "skipped", "missing_variable")]
    [InlineData("fail", "failed", "missing_variable")]
    public async Task Who_lacks_a_value_is_counted_before_anything_is_sent(string policy, string status, string? code)
    {
        var client = host.Fresh();
        await AddAsync(
            client,
            new ContactUpsert { WhatsAppId = "5511988887770", Name = "Ana", CustomFields = FieldValues.Parse("""{"points":1}""") },
            new ContactUpsert { WhatsAppId = "5511988887771", Name = "Bia", CustomFields = FieldValues.Parse("""{"points":""}""") },
            new ContactUpsert { WhatsAppId = "5511988887772" });
        var automation = await client.AutomationAsync($$$"""
            "audience_type":"all","missing_variable_policy":"{{{policy}}}","variable_mapping":{"name":"{{ contact.name }}: {{ contact.custom_fields.points }}"}
            """);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK);

        Assert.Equal("""[{"path":"contact.custom_fields.points","count":2},{"path":"contact.name","count":1}]""", preview["missing_variables"].GetRawText());
        var nameless = preview["recipients"].EnumerateArray().Single(r => r.GetProperty("phone_number").GetString() == "5511988887772");
        Assert.Equal((status, code), (nameless.GetProperty("status").GetString(), nameless.GetProperty("error_code").GetString()));
        Assert.Equal(code is null ? null : "This person has no value for contact.name, contact.custom_fields.points.", nameless.GetProperty("error_message").GetString());
        var audience = preview["audience"];
        Assert.Equal(policy == "empty" ? 3 : 1, audience.GetProperty("eligible").GetInt32());
        Assert.Equal(policy == "empty" ? "[]" : """[{"code":"missing_variable","count":2}]""", audience.GetProperty(policy == "fail" ? "failed" : "skipped").GetRawText());
    }

    [Fact]
    public async Task The_worst_rows_are_shown_wherever_in_the_audience_they_are()
    {
        var client = host.Fresh();
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"Ana {i}"), "Анна", "Pаula", "JoÃ£o", "Zé {{ x }}", " ", string.Concat(Enumerable.Repeat("😀", 1_500))];
        await AddAsync(client, [.. names.Select((name, at) => new ContactUpsert { WhatsAppId = $"55119{at:D8}", Name = name })]);
        var automation = await client.AutomationAsync("""
            "audience_type":"all","variable_mapping":{"name":"{{ contact.name }}"}
            """);

        var worst = (await client.PostAsync($"/flow-automations/{automation}/preview", """{"limit":1}""")).Expect(HttpStatusCode.OK)["worst"];

        var longest = worst.GetProperty("longest");
        Assert.Equal(5, longest.GetArrayLength());
        Assert.Equal(("hello", 1_504), (longest[0].GetProperty("node").GetString(), longest[0].GetProperty("characters").GetInt32()));
        Assert.Equal(1_000, longest[0].GetProperty("text").GetString()!.Length);
        Assert.Equal((1, "name"), (worst.GetProperty("empty").GetProperty("count").GetInt32(), worst.GetProperty("empty").GetProperty("rows")[0].GetProperty("variables")[0].GetString()));
        Assert.Equal(
            "braces Zé {{ x }}, cyrillic Pаula, cyrillic Анна, mixed_scripts Pаula, unreadable JoÃ£o",
            string.Join(", ", worst.GetProperty("odd_texts").GetProperty("rows").EnumerateArray()
                .Select(r => $"{r.GetProperty("signs")[0].GetString()} {r.GetProperty("text").GetString()}").Order(StringComparer.Ordinal)));
        Assert.Equal(5, worst.GetProperty("odd_texts").GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_message_that_breaks_for_somebody_far_behind_is_counted()
    {
        var client = host.Fresh();
        await AddAsync(client, [.. Enumerable.Range(0, 50).Select(i => new ContactUpsert { WhatsAppId = $"55119{i:D8}", Name = i < 47 ? "1" : "0" })]);
        const string Nodes = """[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":"{{ 10 | divided_by: name }}","next":"e"},{"id":"e","type":"end"}]""";
        var automation = await client.AutomationAsync("""
            "audience_type":"all","variable_mapping":{"name":"{{ contact.name }}"}
            """, Nodes);

        var error = Assert.Single((await client.PostAsync($"/flow-automations/{automation}/preview", """{"limit":1}""")).Expect(HttpStatusCode.OK)["template_errors"].EnumerateArray());

        Assert.Equal(("m", 3), (error.GetProperty("node").GetString(), error.GetProperty("count").GetInt32()));
        Assert.StartsWith("Line 1, column 9: ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task AddAsync(ApiClient client, params ContactUpsert[] people) =>
        await host.Store.Contacts.UpsertAsync(client.Organization, people, ContactUpdateMode.Fill, revive: false, TestContext.Current.CancellationToken);
}
