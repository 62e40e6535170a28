using FlowDispatch.Sending;
using static FlowDispatch.WhatsApp.Tests.ProviderServer;

namespace FlowDispatch.WhatsApp.Tests.Messages;

public sealed class AnswerTests
{
    [Theory]
    [InlineData("response.ok", "wamid.HBgLRkxPV0RJU1BBVENIAAAA01")]
    [InlineData("response.ok.bsuid", "wamid.HBgLRkxPV0RJU1BBVENIAAAA03")]
    public async Task An_accepted_message_is_known_by_the_providers_id(string sample, string id)
    {
        var result = await AnsweredAsync(Answer.Json(200, Sample.Text(sample)));

        Assert.Equal(new SendResult.Accepted(id), result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>OK</html>")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":[{"id":""}]}""")]
    [InlineData("""{"messages":{"id":"wamid.X"}}""")]
    [InlineData("""{"messages":[{"id":"\ud83d"}]}""")]
    public async Task A_success_that_names_no_message_is_in_doubt(string body)
    {
        Assert.IsType<SendResult.InDoubt>(await AnsweredAsync(Answer.Json(200, body)));
    }

    [Fact]
    public async Task An_error_object_decides_whatever_the_status()
    {
        foreach (var status in (int[])[400, 401, 403, 404, 429, 500, 502, 503])
        {
            var result = await AnsweredAsync(Answer.Error(131026, status));

            Assert.Equal(new SendResult.Rejected("131026", "(#131026) Some title: Some details."), result);
        }
    }

    [Fact]
    public async Task The_documented_errors_are_read()
    {
        Assert.IsType<SendResult.Failed>(await AnsweredAsync(Answer.Json(400, Sample.Text("response.error"))));
        Assert.Equal("132000", Assert.IsType<SendResult.Rejected>(await AnsweredAsync(Answer.Json(400, Sample.Text("response.error.params")))).Code);
        var refused = Assert.IsType<SendResult.ChannelRefused>(await AnsweredAsync(Answer.Json(401, Sample.Text("response.error.token"))));
        Assert.Equal("190", refused.Code);
        Assert.EndsWith(".", refused.Reason, StringComparison.Ordinal); // more is said behind it
    }

    [Theory]
    [InlineData("""{"error":{"code":"131026","error_data":"in words"}}""", "131026", "in words")]
    [InlineData("""{"error":{"code":131026,"message":"Title","error_data":{"details":["odd"]}}}""", "131026", "Title")]
    [InlineData("""{"error":{"code":131026,"message":7,"error_data":null}}""", "131026", "7")]
    [InlineData("""{"error":{"code":{},"message":"No code"}}""", "http_400", "No code")]
    [InlineData("""{"error":{}}""", "http_400", "The provider gave no reason.")]
    public async Task Odd_error_objects_are_read_as_far_as_they_go(string body, string code, string reason)
    {
        Assert.Equal(new SendResult.Rejected(code, reason), await AnsweredAsync(Answer.Json(400, body)));
    }

    [Fact]
    public async Task Without_an_error_object_a_failing_server_leaves_the_message_in_doubt()
    {
        foreach (var status in (int[])[500, 502, 503, 504])
        {
            Assert.IsType<SendResult.InDoubt>(await AnsweredAsync(Answer.Of(status, "text/html", "<h1>Bad gateway</h1>")));
            Assert.IsType<SendResult.InDoubt>(await AnsweredAsync(Answer.Json(status, """{"error":"bad gateway"}""")));
        }
    }

    [Fact]
    public async Task Without_an_error_object_too_many_requests_pauses_the_channel()
    {
        Assert.Equal(new SendResult.Throttled("http_429", TimeSpan.FromSeconds(5)), await AnsweredAsync(Answer.Of(429, "text/plain", "slow")));
        Assert.Equal(new SendResult.Throttled("http_429", TimeSpan.FromSeconds(9)), await AnsweredAsync(Answer.Of(429, "text/plain", "slow", "Retry-After: 9")));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(413)]
    public async Task Without_an_error_object_a_refusal_is_final(int status)
    {
        Assert.Equal($"http_{status}", Assert.IsType<SendResult.Rejected>(await AnsweredAsync(Answer.Of(status, "text/plain", "no"))).Code);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(401)]
    [InlineData(407)]
    public async Task A_redirect_or_refused_credentials_stop_the_channel_and_are_not_followed(int status)
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Of(status, "text/plain", "", "Location: /elsewhere") };
        await using var host = new Host(server.Address);

        Assert.Equal($"http_{status}", Assert.IsType<SendResult.ChannelRefused>(await host.SendAsync()).Code);
        Assert.Equal(1, server.Count);
    }

    [Theory]
    [InlineData("Retry-After: 120", 120)]
    [InlineData("Retry-After: Sun, 22 Nov 2026 12:03:00 GMT", 180)]
    [InlineData("X-Business-Use-Case-Usage: {\"900100200300400\":[{\"type\":\"whatsapp\",\"call_count\":100,\"estimated_time_to_regain_access\":3}]}", 180)]
    [InlineData("X-Business-Use-Case-Usage: {\"900100200300400\":[{\"type\":\"whatsapp\",\"call_count\":96,\"estimated_time_to_regain_access\":0}]}", 2)]
    [InlineData("X-Business-Use-Case-Usage: odd", 2)]
    [InlineData("Retry-After: Sun, 22 Nov 2026 11:00:00 GMT", 2)]
    [InlineData("Retry-After: 99999999", 86400)]
    public async Task A_throttled_channel_waits_as_long_as_the_headers_ask(string header, int seconds)
    {
        var body = """{"error":{"code":130429,"message":"Rate limit hit"}}""";

        Assert.Equal(new SendResult.Throttled("130429", TimeSpan.FromSeconds(seconds)), await AnsweredAsync(Answer.Json(400, body, header)));
    }

    [Fact]
    public async Task A_header_lengthens_a_documented_wait_but_never_shortens_it()
    {
        var body = """{"error":{"code":131049,"message":"Not now"}}""";

        Assert.Equal(TimeSpan.FromHours(24), Assert.IsType<SendResult.Failed>(await AnsweredAsync(Answer.Json(400, body, "Retry-After: 60"))).RetryAfter);
    }

    [Fact]
    public async Task A_reason_is_kept_short()
    {
        var body = $$$"""{"error":{"code":131026,"message":"{{{new string('x', 5000)}}}"}}""";

        Assert.Equal(500, Assert.IsType<SendResult.Rejected>(await AnsweredAsync(Answer.Json(400, body))).Reason.Length);
    }

    [Fact]
    public async Task An_unconfigured_channel_is_refused_without_a_request()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        Assert.IsType<SendResult.ChannelRefused>(await host.SendAsync(Some.Message(channel: "nobody")));
        Assert.Equal(0, server.Count);
    }

    [Fact]
    public async Task No_number_text_or_token_is_logged()
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Error(999999) };
        await using var host = new Host(server.Address);

        await host.SendAsync();

        var lines = string.Join('\n', host.Logs.Lines.Select(l => l.Text));
        Assert.Contains("999999", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("15550100123", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("Dana", lines, StringComparison.Ordinal);
        Assert.DoesNotContain("TOKEN-OF-SHOP", lines, StringComparison.Ordinal);
    }

    private static async Task<SendResult> AnsweredAsync(Answer answer)
    {
        await using var server = new ProviderServer { Answers = _ => answer };
        await using var host = new Host(server.Address);

        var result = await host.SendAsync();

        Assert.Equal(1, server.Count);
        return result;
    }
}
