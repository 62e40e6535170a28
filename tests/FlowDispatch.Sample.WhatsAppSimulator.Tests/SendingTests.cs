using System.Net;
using System.Text;

namespace FlowDispatch.Sample.Simulator.Tests;

public sealed class SendingTests : SimulatorTest
{
    private const string Text = """{"messaging_product":"whatsapp","recipient_type":"individual","to":"+15550100123","type":"text","text":{"preview_url":false,"body":"Hello Dana"},"biz_opaque_callback_data":"exec-42/rcpt-7/att-1"}""";

    [Theory]
    [InlineData("/v25.0/111222333444555/messages")]
    [InlineData("/111222333444555/messages")]
    public async Task A_text_is_accepted_with_or_without_a_version_in_the_path(string path)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        using var response = await running.PostAsync(path, Text);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await RunningSimulator.JsonAsync(response);
        Assert.Equal("whatsapp", answer.GetProperty("messaging_product").GetString());
        Assert.Equal("""[{"input":"+15550100123","wa_id":"15550100123"}]""", answer.GetProperty("contacts").GetRawText());
        var message = Assert.Single(answer.GetProperty("messages").EnumerateArray());
        Assert.Matches("^wamid\\..{10,122}$", message.GetProperty("id").GetString());
        Assert.False(message.TryGetProperty("message_status", out _));
    }

    [Fact]
    public async Task A_template_is_accepted_and_says_so()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        using var response = await running.PostAsync(RunningSimulator.Messages, Template("""{"type":"body","parameters":[{"type":"text","parameter_name":"customer_name","text":"Dana"}]}"""));

        var message = (await RunningSimulator.JsonAsync(response)).GetProperty("messages")[0];
        Assert.Equal("accepted", message.GetProperty("message_status").GetString());
    }

    [Fact]
    public async Task A_user_id_is_answered_without_a_wa_id()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        using var response = await running.PostAsync(RunningSimulator.Messages, """{"messaging_product":"whatsapp","recipient":"US.Qk7flowdisp0001","text":{"body":"Hello"}}""");

        Assert.Equal(
            """[{"input":"US.Qk7flowdisp0001","user_id":"US.Qk7flowdisp0001"}]""",
            (await RunningSimulator.JsonAsync(response)).GetProperty("contacts").GetRawText());
    }

    [Theory]
    [InlineData("+55 (11) 98888-7777", "5511988887777")]
    [InlineData("+551188887777", "5511988887777")]
    [InlineData("+5531988887777", "553188887777")]
    [InlineData("+553188887777", "553188887777")]
    [InlineData("+551133334444", "551133334444")]
    public async Task A_Brazilian_wa_id_has_its_ninth_digit_by_area(string to, string waId)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        using var response = await running.PostAsync(RunningSimulator.Messages, Text.Replace("+15550100123", to, StringComparison.Ordinal));

        var contact = (await RunningSimulator.JsonAsync(response)).GetProperty("contacts")[0];
        Assert.Equal(to, contact.GetProperty("input").GetString());
        Assert.Equal(waId, contact.GetProperty("wa_id").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic abc")]
    [InlineData("Bearer ")]
    public async Task Without_a_bearer_token_nothing_is_accepted(string? authorization)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);
        using var request = new HttpRequestMessage(HttpMethod.Post, RunningSimulator.Messages) { Content = new StringContent(Text, Encoding.UTF8, "application/json") };
        using var client = new HttpClient { BaseAddress = running.Client.BaseAddress };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var error = (await RunningSimulator.JsonAsync(response)).GetProperty("error");
        Assert.Equal(190, error.GetProperty("code").GetInt32());
        Assert.Equal("OAuthException", error.GetProperty("type").GetString());
        Assert.False(error.TryGetProperty("error_data", out _));
        Assert.Equal(0, await running.StatAsync("accepted"));
    }

    [Fact]
    public async Task A_refusal_has_the_shape_of_the_provider()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        using var response = await running.PostAsync(RunningSimulator.Messages, Template("""{"type":"body","parameters":[{"type":"text","text":"two\nlines"}]}"""));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await RunningSimulator.JsonAsync(response)).GetProperty("error");
        Assert.Equal(132018, error.GetProperty("code").GetInt32());
        Assert.StartsWith("(#132018) ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("OAuthException", error.GetProperty("type").GetString());
        Assert.Equal("whatsapp", error.GetProperty("error_data").GetProperty("messaging_product").GetString());
        Assert.Contains("new lines", error.GetProperty("error_data").GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.GetProperty("fbtrace_id").GetString()));
    }

    public static TheoryData<string, int, int> Wrong => new()
    {
        { "not json", 400, 100 },
        { "[]", 400, 100 },
        { """{"to":"+15550100123","text":{"body":"a"}}""", 400, 100 },
        { """{"messaging_product":"whatsapp","text":{"body":"a"}}""", 400, 100 },
        { """{"messaging_product":"whatsapp","to":"Dana","text":{"body":"a"}}""", 400, 131009 },
        { """{"messaging_product":"whatsapp","to":"+15550100999","text":{"body":"a"}}""", 400, 131021 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"txt","txt":{"body":"a"}}""", 400, 100 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"text"}""", 400, 131008 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"text","text":{"body":""}}""", 400, 131008 },
        { $$$"""{"messaging_product":"whatsapp","to":"+15550100123","text":{"body":"{{{new string('x', 4097)}}}"}}""", 400, 100 },
        { $$"""{"messaging_product":"whatsapp","to":"+15550100123","text":{"body":"a"},"biz_opaque_callback_data":"{{new string('x', 513)}}"}""", 400, 100 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"template"}""", 400, 131008 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"template","template":{"language":{"code":"en_US"}}}""", 400, 131008 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"template","template":{"name":"shipment_update"}}""", 400, 131008 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"template","template":{"name":"Shipment Update","language":{"code":"en_US"}}}""", 404, 132001 },
        { """{"messaging_product":"whatsapp","to":"+15550100123","type":"template","template":{"name":"shipment_update","language":{"code":"English"}}}""", 404, 132001 },
        { Template("""{"type":"footer","parameters":[]}"""), 400, 100 },
        { Template("""{"type":"button","parameters":[{"type":"text","text":"PX"}]}"""), 400, 131008 },
        { Template("""{"type":"body","parameters":[{"type":"text","text":""}]}"""), 400, 131008 },
        { Template("""{"type":"body","parameters":[{"type":"text"}]}"""), 400, 131008 },
        { Template("""{"type":"body","parameters":[{"type":"text","text":"a\tb"}]}"""), 400, 132018 },
        { Template("""{"type":"body","parameters":[{"type":"text","text":"a     b"}]}"""), 400, 132018 },
        { Template($$"""{"type":"body","parameters":[{"type":"text","text":"{{new string('x', 1025)}}"}]}"""), 400, 132005 },
        { Template("""{"type":"body","parameters":[{"type":"text","parameter_name":"","text":"a"}]}"""), 400, 100 },
        { Template("""{"type":"body","parameters":[{"type":"text","parameter_name":"a","text":"a"},{"type":"text","text":"b"}]}"""), 400, 100 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_message_is_refused_with_its_code(string json, int status, int code)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        Assert.Equal((status, code), await running.TryAsync(json));
        Assert.Equal(0, await running.StatAsync("accepted"));
        Assert.Equal(1, await running.StatAsync("refused"));
    }

    [Theory]
    [InlineData("""{"type":"body","parameters":[{"type":"text","text":"four    blanks"}]}""")]
    [InlineData("""{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"PX-881"}]}""")]
    [InlineData("""{"type":"header","parameters":[{"type":"image","image":{"id":"700600500400300"}}]}""")]
    [InlineData("""{"type":"button","sub_type":"copy_code","index":0,"parameters":[{"type":"coupon_code","coupon_code":"AUTUMN25"}]}""")]
    [InlineData("""{"type":"body","parameters":[{"type":"currency","currency":{"fallback_value":"$12.50","code":"USD","amount_1000":12500}}]}""")]
    public async Task A_template_with_right_components_is_accepted(string component)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        Assert.Equal((200, 0), await running.TryAsync(Template(component)));
    }

    [Fact]
    public async Task Marking_as_read_succeeds_and_sends_nothing()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        using var response = await running.PostAsync(RunningSimulator.Messages, """{"messaging_product":"whatsapp","status":"read","message_id":"wamid.HBgLRkxPV0RJU1BBVENIAAAA02"}""");

        Assert.Equal("""{"success":true}""", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(0, await running.StatAsync("accepted"));
    }

    [Fact]
    public async Task Below_a_prefix_everything_moves_there()
    {
        await using var running = await RunningSimulator.StartAsync(Journal, prefix: "/simulator");

        using var response = await running.PostAsync("/simulator" + RunningSimulator.Messages, Text);
        using var outside = await running.PostAsync(RunningSimulator.Messages, Text);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
        Assert.Equal("ok", (await running.GetAsync("/simulator/health")).GetProperty("status").GetString());
    }

    internal static string Template(string component, string name = "shipment_update") =>
        $$$"""{"messaging_product":"whatsapp","to":"+15550100123","type":"template","template":{"name":"{{{name}}}","language":{"code":"en_US"},"components":[{{{component}}}]}}""";
}
