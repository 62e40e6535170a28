using System.Net;
using System.Text;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.AspNetCore.Tests.Webhooks;

public sealed class WebhookTests
{
    private const string Path = "/api/v1/webhooks/letters";

    [Fact]
    public async Task The_right_verify_token_is_answered_with_the_challenge()
    {
        await using var host = await StartAsync();

        var right = (await host.SendAsync("GET", Path + "?token=ours&challenge=42")).Expect(HttpStatusCode.OK);

        Assert.Equal("42", right.Text);
        Assert.StartsWith("text/plain", right.Headers["Content-Type"], StringComparison.Ordinal);
        (await host.SendAsync("GET", Path + "?token=theirs&challenge=42")).ExpectProblem(HttpStatusCode.Forbidden);
        (await host.SendAsync("GET", Path)).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_is_signed_is_kept_before_it_is_acknowledged()
    {
        await using var host = await StartAsync();

        var taken = (await PostAsync(host, "signed", "a b c")).Expect(HttpStatusCode.OK);

        Assert.Equal("", taken.Text);
        Assert.Equal(["a", "b", "c"], (await KeptAsync(host)).Select(e => ((InboundEvent.Reply)e.Event).Text));
    }

    [Fact]
    public async Task The_receiver_sees_the_bytes_as_they_came()
    {
        await using var host = await StartAsync();

        await PostAsync(host, "signed", "\u00E3\r\n\t");

        Assert.Equal("\u00E3\r\n\t", Assert.Single(await KeptAsync(host)).Event is InboundEvent.Reply reply ? reply.Text : null);
    }

    [Theory]
    [InlineData("forged", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("garbled", HttpStatusCode.BadRequest)]
    public async Task What_is_not_genuine_or_not_understood_changes_nothing(string? signature, HttpStatusCode expected)
    {
        await using var host = await StartAsync();

        (await PostAsync(host, signature, "a")).ExpectProblem(expected);

        Assert.Empty(await KeptAsync(host));
    }

    [Fact]
    public async Task Three_megabytes_are_taken_and_no_more()
    {
        await using var host = await StartAsync();

        (await PostAsync(host, "signed", new string('x', 3 * 1024 * 1024))).Expect(HttpStatusCode.OK);
        (await PostAsync(host, "signed", new string('x', (3 * 1024 * 1024) + 1))).ExpectProblem(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(host, "signed", new string('x', (3 * 1024 * 1024) + 1), chunked: true)).ExpectProblem(HttpStatusCode.RequestEntityTooLarge);

        Assert.Single(await KeptAsync(host));
    }

    [Fact]
    public async Task What_the_store_can_not_keep_is_asked_for_again()
    {
        await using var host = await StartAsync();
        host.Store.Down = true;

        var refused = (await PostAsync(host, "signed", "a")).ExpectProblem(HttpStatusCode.ServiceUnavailable);

        Assert.DoesNotContain("secret", refused.Text, StringComparison.Ordinal);
        Assert.Empty(await KeptAsync(host));
    }

    [Fact]
    public async Task A_process_that_maps_webhooks_tells_the_store_that_it_takes_receipts_in_until_it_stops_though_it_dispatches_nothing()
    {
        var host = await StartAsync();
        await using (host)
        {
            var up = Assert.Single(await host.StretchesAsync(atLeast: 1));
            Assert.False(up.Ended);
        }

        Assert.True(Assert.Single(await host.StretchesAsync(atLeast: 1)).Ended);
    }

    [Fact]
    public async Task A_process_without_webhooks_takes_no_receipts_in()
    {
        await using (var host = await PublicHost.StartAsync())
        {
            Assert.Empty(await host.StretchesAsync(atLeast: 0));
        }
    }

    [Theory]
    [InlineData("garbled", false)]
    [InlineData("signed", true)]
    public async Task What_was_signed_and_could_not_be_read_or_kept_is_an_outage(string signature, bool down)
    {
        await using var host = await StartAsync();
        Assert.Single(await host.StretchesAsync(atLeast: 1));

        host.Store.Down = down;
        await PostAsync(host, signature, "a");

        Assert.Equal([false, false], (await host.StretchesAsync(atLeast: 2)).Select(s => s.Ended));
    }

    [Fact]
    public async Task What_is_forged_is_no_outage()
    {
        await using var host = await StartAsync();
        await host.StretchesAsync(atLeast: 1);

        await PostAsync(host, "forged", "a");
        await PostAsync(host, "signed", "a");

        Assert.Single(await host.StretchesAsync(atLeast: 1));
    }

    [Fact]
    public async Task A_receiver_that_nobody_registered_has_no_route()
    {
        await using var host = await StartAsync();

        // The API's own answer for unknown routes, which asks for a caller first.
        (await host.SendAsync("POST", "/api/v1/webhooks/pigeons")).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    private static Task<PublicHost> StartAsync() => PublicHost.StartAsync(b => b.Services.AddSingleton<IWebhookReceiver, Letters>());

    private static Task<IReadOnlyList<InboxEntry>> KeptAsync(PublicHost host) =>
        host.Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 1_000, TestContext.Current.CancellationToken);

    private static async Task<ApiAnswer> PostAsync(PublicHost host, string? signature, string body, bool chunked = false)
    {
        using HttpContent content = chunked ? new StreamContent(new Uploads.RepeatedLines(body, body.Length)) : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (signature is not null)
        {
            content.Headers.Add("X-Signature", signature);
        }

        return await host.SendAsync("POST", Path, content);
    }

    /// <summary>A provider of letters: each word, or the whole where it has none, is a reply.</summary>
    private sealed class Letters : IWebhookReceiver
    {
        public string Name => "letters";

        public string? Verify(IReadOnlyDictionary<string, string> query) =>
            query.GetValueOrDefault("token") == "ours" ? query.GetValueOrDefault("challenge") : null;

        public WebhookResult Receive(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body)
        {
            switch (headers.GetValueOrDefault("x-signature"))
            {
                case "garbled":
                    return new WebhookResult.Malformed();
                case "signed":
                    var words = Encoding.UTF8.GetString(body.Span).Split(' ');
                    return new WebhookResult.Received([.. words.Select(w => new InboundEvent.Reply { ChannelId = "c", At = DateTimeOffset.UnixEpoch, ProviderMessageId = w, Text = w })], 0);
                default:
                    return new WebhookResult.Refused();
            }
        }
    }
}
