using System.Net;
using System.Text.Json;
using FlowDispatch.Automations;

namespace FlowDispatch.AspNetCore.Tests.Automations;

public sealed class AutomationSettingsTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task What_is_left_out_gets_its_default()
    {
        var client = host.Fresh();
        var flow = await client.FlowAsync();

        var made = (await client.PostAsync("/flow-automations", client.Automation(flow))).Expect(HttpStatusCode.Created);

        Assert.Equal($"/api/v1/flow-automations/{made.Id}", made.Headers["Location"]);
        var expected = $$"""
            {"id":"{{made.Id}}","status":"draft","name":"Promoção","description":null,"chatbot_id":null,"flow_id":"{{flow}}","whatsapp_number_id":"{{client.Free}}",
             "trigger_type":"manual","trigger_config":{},"audience_type":"custom","audience_config":{},"variable_mapping":{},
             "max_concurrent_executions":50,"rate_limit_per_hour":100,"retry_failed":true,"max_retries":3,
             "execution_window_start":null,"execution_window_end":null,"execution_timezone":"America/Sao_Paulo","window_time_zone_mode":"automation","unknown_time_zone":"automation",
             "respect_opt_out":true,"priority":0,"language":null,"window_policy":"reject","missing_variable_policy":"empty","expires_after":null,"frequency_cap":null,"error_budget":null,"overlap_policy":"queue",
             "total_executions":0,"total_sent":0,"total_delivered":0,"total_read":0,"total_replied":0,"total_completed":0,"total_failed":0,
             "created_at":"{{made["created_at"].GetString()}}","updated_at":"{{made["updated_at"].GetString()}}",
             "warnings":[{"path":"variable_mapping","message":"Node \"hello\" of the flow uses \"name\", which no variable supplies; it will be empty.","line":1,"column":8}]}
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), made.Json), made.Text);
        Assert.Equal(made.Text, (await client.GetAsync($"/flow-automations/{made.Id}")).Text);
    }

    [Fact]
    public async Task Every_optional_field_comes_back_as_given()
    {
        var client = host.Fresh();
        const string Given = """
            "description":"Páscoa","chatbot_id":"bot","trigger_type":"manual","trigger_config":{},"audience_type":"all","audience_config":{},
            "variable_mapping":{"name":"{{ contact.name | default: \"você\" }}","n":3,"b":true},"max_concurrent_executions":500,"rate_limit_per_hour":1000000,"retry_failed":false,"max_retries":10,
            "execution_window_start":"22:00:00","execution_window_end":"06:30:15","execution_timezone":"Europe/Lisbon","window_time_zone_mode":"recipient","unknown_time_zone":"skip",
            "respect_opt_out":false,"priority":-5,"window_policy":{"template":{"name":"oi","language":"pt_BR","parameters":{"a":"{{ name }}"}}},"missing_variable_policy":"fail","expires_after":"P1DT2H",
            "frequency_cap":{"count":2,"period":"P7D"},"error_budget":{"percent":12.5,"minimum":20},"overlap_policy":"skip"
            """;

        var made = (await client.PostAsync("/flow-automations", client.Automation(await client.FlowAsync(), Given, client.WhatsApp))).Expect(HttpStatusCode.Created);

        foreach (var field in JsonElement.Parse("{" + Given + "}").EnumerateObject())
        {
            Assert.True(JsonElement.DeepEquals(field.Value, made[field.Name]), $"{field.Name}: {made[field.Name]}");
        }

        Assert.Equal(0, made["warnings"].GetArrayLength());
    }

    [Theory]
    [InlineData("\"name\":\" \"", "name")]
    [InlineData("\"max_concurrent_executions\":0", "max_concurrent_executions")]
    [InlineData("\"max_concurrent_executions\":501", "max_concurrent_executions")]
    [InlineData("\"max_concurrent_executions\":\"5\"", "max_concurrent_executions")]
    [InlineData("\"rate_limit_per_hour\":0", "rate_limit_per_hour")]
    [InlineData("\"rate_limit_per_hour\":1000001", "rate_limit_per_hour")]
    [InlineData("\"rate_limit_per_hour\":1.5", "rate_limit_per_hour")]
    [InlineData("\"max_retries\":11", "max_retries")]
    [InlineData("\"max_retries\":-1", "max_retries")]
    [InlineData("\"retry_failed\":1", "retry_failed")]
    [InlineData("\"execution_window_start\":\"09:00\"", "execution_window_end")]
    [InlineData("\"execution_window_end\":\"09:00\"", "execution_window_start")]
    [InlineData("\"execution_window_start\":\"09:00\",\"execution_window_end\":\"09:00:00\"", "execution_window_end")]
    [InlineData("\"execution_window_start\":\"9h\",\"execution_window_end\":\"18:00\"", "execution_window_start")]
    [InlineData("\"execution_window_start\":\"24:00\",\"execution_window_end\":\"18:00\"", "execution_window_start")]
    [InlineData("\"execution_timezone\":\"Mars/Olympus\"", "execution_timezone")]
    [InlineData("\"execution_timezone\":\"E. South America Standard Time\"", "execution_timezone")]
    [InlineData("\"window_time_zone_mode\":\"contact\"", "window_time_zone_mode")]
    [InlineData("\"window_policy\":\"template\"", "window_policy")]
    [InlineData("\"window_policy\":{\"template\":{\"name\":\"x\"}}", "window_policy.template.language")]
    [InlineData("\"window_policy\":{\"template\":{\"name\":\"x\",\"language\":\"pt\",\"parameters\":[\"{{ x\"]}}", "window_policy.template.parameters[0]")]
    [InlineData("\"expires_after\":\"1h\"", "expires_after")]
    [InlineData("\"expires_after\":\"P1M\"", "expires_after")]
    [InlineData("\"expires_after\":\"PT0S\"", "expires_after")]
    [InlineData("\"frequency_cap\":{\"count\":1}", "frequency_cap.period")]
    [InlineData("\"frequency_cap\":{\"count\":0,\"period\":\"P1D\"}", "frequency_cap.count")]
    [InlineData("\"frequency_cap\":{\"count\":1,\"period\":\"P1D\",\"per\":1}", "frequency_cap.per")]
    [InlineData("\"error_budget\":{\"percent\":0,\"minimum\":1}", "error_budget.percent")]
    [InlineData("\"error_budget\":{\"percent\":101,\"minimum\":1}", "error_budget.percent")]
    [InlineData("\"priority\":101", "priority")]
    [InlineData("\"trigger_type\":\"cron\"", "trigger_type")]
    [InlineData("\"trigger_type\":\"never\"", "trigger_type")]
    [InlineData("\"trigger_config\":{\"expression\":\"* * * * *\"}", "trigger_config.expression")]
    [InlineData("\"audience_type\":\"tags\",\"audience_config\":{\"tags\":[\"a\"]}", "audience_type")]
    [InlineData("\"audience_type\":\"everybody\"", "audience_type")]
    [InlineData("\"audience_type\":\"all\",\"audience_config\":{\"x\":1}", "audience_config.x")]
    [InlineData("\"audience_type\":\"lapsed\"", "audience_config.count")]
    [InlineData("\"audience_type\":\"uploaded\"", "audience_config.upload_id")]
    [InlineData("\"audience_type\":\"uploaded\",\"audience_config\":{\"upload_id\":\"0190a000-0000-7000-8000-000000000000\"}", "audience_config.upload_id")]
    [InlineData("\"audience_config\":{\"contact_ids\":[\"abc\"]}", "audience_config.contact_ids[0]")]
    [InlineData("\"audience_config\":{\"contacts\":[]}", "audience_config.contacts")]
    [InlineData("\"audience_config\":[]", "audience_config")]
    [InlineData("\"variable_mapping\":{\"name\":\"{{ contact.name | nope }}\"}", "variable_mapping.name")]
    [InlineData("\"variable_mapping\":{\"name\":[]}", "variable_mapping.name")]
    [InlineData("\"status\":\"active\"", "status")]
    [InlineData("\"max_retry\":1", "max_retry")]
    public async Task A_wrong_field_is_refused_by_its_path(string field, string path)
    {
        var client = host.Fresh();
        var flow = await client.FlowAsync();
        var body = field.StartsWith("\"name\"", StringComparison.Ordinal)
            ? $$"""{"flow_id":"{{flow}}","whatsapp_number_id":"{{client.Free}}",{{field}}}"""
            : client.Automation(flow, field);

        var refused = (await client.PostAsync("/flow-automations", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal([path], refused.Faults);
    }

    [Fact]
    public async Task A_flow_or_a_channel_of_another_organization_does_not_exist()
    {
        var other = host.Fresh();
        var client = host.Fresh();

        var refused = (await client.PostAsync("/flow-automations", other.Automation(await other.FlowAsync()))).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal(["flow_id", "whatsapp_number_id"], refused.Faults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Everything_wrong_is_said_at_once()
    {
        var refused = (await host.Fresh().PostAsync("/flow-automations", """{"flow_id":5,"max_retries":"x","priority":1000,"typo":1}""")).ExpectProblem(HttpStatusCode.UnprocessableEntity);

        Assert.Equal(["flow_id", "max_retries", "name", "priority", "typo", "whatsapp_number_id"], refused.Faults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_change_touches_only_the_fields_given_and_null_clears_them()
    {
        var client = host.Fresh();
        var id = await client.AutomationAsync("""
            "description":"x","rate_limit_per_hour":5,"max_retries":1,"execution_window_start":"09:00","execution_window_end":"18:00","expires_after":"PT1H","frequency_cap":{"count":1,"period":"P1D"},"retry_failed":false
            """);

        (await client.PutAsync($"/flow-automations/{id}", """{"execution_window_end":"19:00","rate_limit_per_hour":null}""")).Expect(HttpStatusCode.OK);
        var changed = await client.GetAsync($"/flow-automations/{id}");
        (await client.PutAsync($"/flow-automations/{id}", """{"description":null,"max_retries":null,"execution_window_start":null,"execution_window_end":null,"expires_after":null,"frequency_cap":null,"retry_failed":null}""")).Expect(HttpStatusCode.OK);
        var cleared = await client.GetAsync($"/flow-automations/{id}");

        Assert.Equal("09:00:00", changed["execution_window_start"].GetString());
        Assert.Equal("19:00:00", changed["execution_window_end"].GetString());
        Assert.Equal(JsonValueKind.Null, changed["rate_limit_per_hour"].ValueKind);
        Assert.Equal("x", changed["description"].GetString());
        Assert.Equal("PT1H", changed["expires_after"].GetString());
        foreach (var name in new[] { "description", "execution_window_start", "execution_window_end", "expires_after", "frequency_cap", "rate_limit_per_hour" })
        {
            Assert.Equal(JsonValueKind.Null, cleared[name].ValueKind);
        }

        Assert.Equal(3, cleared["max_retries"].GetInt32());
        Assert.True(cleared["retry_failed"].GetBoolean());
        Assert.Equal("Promoção", cleared["name"].GetString());
    }

    [Theory]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"flow_id":null}""", "flow_id")]
    [InlineData("""{"execution_window_start":null}""", "execution_window_start")]
    [InlineData("""{"execution_window_start":"18:00"}""", "execution_window_end")]
    [InlineData("""{"audience_type":"lapsed"}""", "audience_config.count")]
    [InlineData("""{"total_sent":5}""", "total_sent")]
    public async Task A_wrong_change_is_refused(string body, string path)
    {
        var client = host.Fresh();
        var id = await client.AutomationAsync("\"execution_window_start\":\"09:00\",\"execution_window_end\":\"18:00\"");

        Assert.Equal([path], (await client.PutAsync($"/flow-automations/{id}", body)).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }

    [Fact]
    public async Task Doubtful_variables_are_warnings()
    {
        var client = host.Fresh();
        var made = (await client.PostAsync("/flow-automations", client.Automation(await client.FlowAsync(), """
            "variable_mapping":{"name":"{{ contct.name }}","other":"{{ contact.nome }}"}
            """))).Expect(HttpStatusCode.Created);

        Assert.Equal(["variable_mapping.name", "variable_mapping.other"], made["warnings"].EnumerateArray().Select(w => w.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task Tens_of_thousands_of_contacts_fit()
    {
        var ids = string.Join(',', Enumerable.Range(0, 50_000).Select(_ => $"\"{Guid.CreateVersion7()}\""));

        await host.Fresh().AutomationAsync($$"""
            "audience_config":{"contact_ids":[{{ids}}]}
            """);
    }

    [Theory]
    [InlineData("PT24H")]
    [InlineData("P1D")]
    [InlineData("PT1440M")]
    [InlineData("P1W")]
    public async Task A_duration_comes_back_in_the_words_in_which_it_was_given(string text)
    {
        var client = host.Fresh();
        var given = $$"""
            "expires_after":"{{text}}","frequency_cap":{"count":1,"period":"{{text}}"}
            """;

        var id = await client.AutomationAsync(given);
        var read = await client.GetAsync($"/flow-automations/{id}");
        var changed = await client.PutAsync($"/flow-automations/{id}", """{"expires_after":"PT48H"}""");

        Assert.Equal((text, text), (read["expires_after"].GetString(), read["frequency_cap"].GetProperty("period").GetString()));
        Assert.Equal(("PT48H", text), (changed["expires_after"].GetString(), changed["frequency_cap"].GetProperty("period").GetString()));
    }

    [Fact]
    public async Task A_week_is_seven_days()
    {
        var client = host.Fresh();

        var id = await client.AutomationAsync("\"expires_after\":\"P2W\"");

        Assert.True(AutomationId.TryParse(id, out var automation));
        Assert.Equal(TimeSpan.FromDays(14), (await host.Store.Automations.FindAsync(client.Organization, automation, TestContext.Current.CancellationToken))!.Settings.ExpiresAfter);
    }

    [Theory]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("P1W2D")]
    [InlineData("P1W\\n")]
    [InlineData("PW")]
    [InlineData("P0W")]
    [InlineData("P99999999999W")]
    public async Task A_duration_without_a_fixed_length_or_a_sense_is_refused(string text)
    {
        var client = host.Fresh();

        var answer = await client.PostAsync("/flow-automations", client.Automation(await client.FlowAsync(), $"\"expires_after\":\"{text}\""));

        Assert.Equal(["expires_after"], answer.ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }

    [Theory]
    [InlineData("10.0", 10)]
    [InlineData("1e2", 100)]
    [InlineData("100.000", 100)]
    public async Task A_whole_number_may_be_written_with_a_point(string written, int number)
    {
        var client = host.Fresh();

        var id = await client.AutomationAsync($"\"rate_limit_per_hour\":{written}");

        Assert.Equal(number, (await client.GetAsync($"/flow-automations/{id}"))["rate_limit_per_hour"].GetInt32());
    }
}
