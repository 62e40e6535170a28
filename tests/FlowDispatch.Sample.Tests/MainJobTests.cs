using System.Text;
using System.Text.Json;

namespace FlowDispatch.Sample.Tests;

/// <summary>What a new user does first, against the running sample: SQLite, real HTTP, the simulated provider.</summary>
public sealed class MainJobTests
{
    [Fact]
    public async Task Each_person_gets_the_message_in_their_own_words()
    {
        using var directory = new WorkingDirectory();
        await using var sample = SampleProcess.Start(directory.Path, SampleProcess.FreePort());
        await sample.ReadyAsync();
        var joao = await ContactAsync(sample, "5511999999999", "João Silva", new { points = 150 });
        var maria = await ContactAsync(sample, "5511888888888", "Maria {{discount}}", new { });

        var automation = await AutomationAsync(
            sample,
            "Olá {{customer_name}}, você tem um desconto de {{discount}}! ({{points}}|{{missing}})",
            new
            {
                customer_name = "{{contact.name}}",
                discount = "20%",
                points = "{{contact.custom_fields.points}}",
                missing = "{{contact.custom_fields.nothing}}",
            },
            [joao, maria]);
        await CompleteAsync(sample, automation);

        var bodies = (await SentAsync(sample)).ToDictionary(m => m.To, m => m.Body);
        Assert.Equal("Olá João Silva, você tem um desconto de 20%! (150|)", bodies["+5511999999999"]);
        Assert.Equal("Olá Maria {{discount}}, você tem um desconto de 20%! (|)", bodies["+5511888888888"]);
    }

    [Fact]
    public async Task A_difficult_CSV_reports_its_rows_and_nobody_outside_it_gets_anything()
    {
        using var directory = new WorkingDirectory();
        await using var sample = SampleProcess.Start(directory.Path, SampleProcess.FreePort());
        await sample.ReadyAsync();
        await ContactAsync(sample, "5511977777777", "Outsider", new { });
        const string Csv = "telefone;nome;obs\n5511911111111;\"Silva; Ana\";\"two\nlines\"\n+55 (11) 91111-1111;Again;\n123;Short;\n;;\n5511922222222;Bia;x\n";

        using var body = new StringContent(Csv, Encoding.UTF8, "text/csv");
        using var response = await sample.Http.PostAsync("uploads", body, TestContext.Current.CancellationToken);
        var upload = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal((4, 2, 1, 1), (Number("rows"), Number("accepted"), Number("duplicates"), Number("invalid")));
        Assert.Equal(5, upload.GetProperty("errors")[0].GetProperty("line").GetInt32());
        var automation = await AutomationAsync(
            sample, "{{name}}: {{note}}", new { name = "{{contact.name}}", note = "{{row.obs}}" }, audience: ("uploaded", new { upload_id = upload.GetProperty("id").GetString() }));
        await CompleteAsync(sample, automation);
        var sent = await SentAsync(sample);
        Assert.Equal(["Bia: x", "Silva; Ana: two\nlines"], sent.Select(m => m.Body).Order(StringComparer.Ordinal));

        int Number(string field) => upload.GetProperty(field).GetInt32();
    }

    [Fact]
    public async Task Who_may_not_be_written_to_appears_as_skipped_with_the_reason()
    {
        using var directory = new WorkingDirectory();
        await using var sample = SampleProcess.Start(directory.Path, SampleProcess.FreePort());
        await sample.ReadyAsync();
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await ContactAsync(sample, $"551190000000{i}", $"Person {i}", new { }));
        }

        await sample.PostAsync($"contacts/{ids[0]}/opt-out", new { reason = "asked" });
        await sample.PostAsync($"contacts/{ids[1]}/block", new { reason = "rude" });
        using (await sample.Http.DeleteAsync($"contacts/{ids[2]}", TestContext.Current.CancellationToken))
        {
            ids.Add("0190a000-0000-7000-8000-000000000000");
        }

        var automation = await AutomationAsync(sample, "Hi", new { }, ids);
        var execution = await CompleteAsync(sample, automation);

        var recipients = await sample.GetAsync($"executions/{execution}/recipients?status=skipped");
        var reasons = recipients.GetProperty("items").EnumerateArray().ToDictionary(r => r.GetProperty("contact_id").GetString()!, r => r.GetProperty("error_code").GetString());
        Assert.Equal("opted_out", reasons[ids[0]]);
        Assert.Equal("blocked", reasons[ids[1]]);
        Assert.Equal("deleted", reasons[ids[2]]);
        Assert.Equal("not_found", reasons[ids[4]]);
        Assert.Equal("+5511900000003", Assert.Single(await SentAsync(sample)).To);
    }

    [Fact]
    public async Task A_test_run_without_ids_is_refused_and_sends_nothing()
    {
        using var directory = new WorkingDirectory();
        await using var sample = SampleProcess.Start(directory.Path, SampleProcess.FreePort());
        await sample.ReadyAsync();
        var automation = await AutomationAsync(sample, "Hi", new { }, [await ContactAsync(sample, "5511999999999", "João", new { })]);

        var (status, body) = await sample.PostAsync($"flow-automations/{automation}/start", new { test_mode = true });

        Assert.Equal(422, status);
        Assert.True(body.GetProperty("errors").TryGetProperty("test_contact_ids", out _));
        Assert.Empty(await SentAsync(sample));
        Assert.Equal(0, (await sample.GetAsync($"flow-automations/{automation}/executions")).GetProperty("total").GetInt32());
    }

    private static async Task<string> ContactAsync(SampleProcess sample, string number, string name, object fields)
    {
        var (status, body) = await sample.PostAsync("contacts", new { whatsapp_id = number, name, custom_fields = fields });
        Assert.True(status == 201, body.ToString());
        return body.GetProperty("id").GetString()!;
    }

    private static async Task<string> AutomationAsync(
        SampleProcess sample, string text, object mapping, IEnumerable<string>? contacts = null, (string Type, object Config)? audience = null)
    {
        var (flowStatus, flow) = await sample.PostAsync("flows", new
        {
            name = "Test",
            nodes = new object[]
            {
                new { id = "start", type = "start", next = "say" },
                new { id = "say", type = "message", text, next = "end" },
                new { id = "end", type = "end" },
            },
        });
        Assert.True(flowStatus == 201, flow.ToString());
        var (status, automation) = await sample.PostAsync("flow-automations", new
        {
            name = "Test",
            flow_id = flow.GetProperty("id").GetString(),
            whatsapp_number_id = "demo-number",
            audience_type = audience?.Type ?? "custom",
            audience_config = audience?.Config ?? new { contact_ids = contacts },
            variable_mapping = mapping,
            rate_limit_per_hour = (int?)null,
            window_policy = "allow",
        });
        Assert.True(status == 201, automation.ToString());
        return automation.GetProperty("id").GetString()!;
    }

    private static async Task<string> CompleteAsync(SampleProcess sample, string automation)
    {
        var (status, execution) = await sample.PostAsync($"flow-automations/{automation}/start", new { });
        Assert.True(status == 202, execution.ToString());
        var id = execution.GetProperty("id").GetString()!;
        await sample.UntilAsync($"executions/{id}", e => e.GetProperty("status").GetString() == "completed");
        return id;
    }

    private static async Task<List<(string To, string Body)>> SentAsync(SampleProcess sample)
    {
        var json = await sample.Http.GetStringAsync(new Uri(sample.Address, "simulator/_simulator/messages?limit=1000"), TestContext.Current.CancellationToken);
        return [.. JsonElement.Parse(json).GetProperty("items").EnumerateArray().Select(m => (m.GetProperty("to").GetString()!, m.GetProperty("body").GetString()!))];
    }
}
