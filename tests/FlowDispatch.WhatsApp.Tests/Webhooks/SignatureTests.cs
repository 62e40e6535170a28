using System.Text;
using FlowDispatch.Tracking;

namespace FlowDispatch.WhatsApp.Tests.Webhooks;

public sealed class SignatureTests
{
    // The vectors of the provider's form: escaped letters, escaped slashes, no final new line.
    private const string Bare = """{"object":"whatsapp_business_account","entry":[]}""";
    private const string BareSignature = "sha256=50b6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2b";
    private const string Escaped = """{"object":"whatsapp_business_account","entry":[{"id":"900100200300400","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550100999","phone_number_id":"111222333444555"},"contacts":[{"profile":{"name":"Zo\u00eb \ud83d\ude80"},"wa_id":"15550100123"}],"messages":[{"from":"15550100123","id":"wamid.HBgLRkxPV0RJU1BBVENIAAAA02","timestamp":"1790000060","text":{"body":"https:\/\/shop.example\/a"},"type":"text"}]},"field":"messages"}]}]}""";
    private const string EscapedSignature = "sha256=f4ecdb72a8b1a620882a7e13576048059a374cb702c5ad97b17879f9b1ac939d";

    [Fact]
    public async Task A_signature_over_the_bytes_as_received_is_right()
    {
        await using var host = new Host();

        Assert.Empty(Assert.IsType<WebhookResult.Received>(Receive(host, Bare, BareSignature)).Events);
        var reply = Assert.IsType<InboundEvent.Reply>(Assert.Single(Assert.IsType<WebhookResult.Received>(Receive(host, Escaped, EscapedSignature)).Events));
        Assert.Equal("https://shop.example/a", reply.Text);
    }

    [Fact]
    public async Task The_case_of_the_header_and_of_its_digits_is_free()
    {
        await using var host = new Host();

        Assert.IsType<WebhookResult.Received>(Receive(host, Bare, "sha256=" + BareSignature[7..].ToUpperInvariant(), "x-hub-signature-256"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("50b6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2b")]
    [InlineData("sha1=50b6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2b")]
    [InlineData("sha256=50b6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2c")]
    [InlineData("sha256=50b6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2")]
    [InlineData("sha256=50b6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2b00")]
    [InlineData("sha256=zzb6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2b")]
    [InlineData("sha256=50b6f756599ac397abdd0976b7d38918c99e8ad26ef316883e2a73ca5ed38c2b,sha256=00")]
    public async Task Anything_else_is_refused(string signature)
    {
        await using var host = new Host();

        Assert.IsType<WebhookResult.Refused>(Receive(host, Bare, signature));
    }

    [Fact]
    public async Task A_missing_signature_is_refused()
    {
        await using var host = new Host();

        Assert.IsType<WebhookResult.Refused>(host.Receiver.Receive(new Dictionary<string, string>(), Encoding.UTF8.GetBytes(Bare)));
    }

    [Fact]
    public async Task One_byte_more_is_refused()
    {
        await using var host = new Host();

        Assert.IsType<WebhookResult.Refused>(Receive(host, Bare + "\n", BareSignature));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Without_a_secret_every_webhook_is_refused_and_that_is_said_once(string? secret)
    {
        await using var host = new Host(configure: o => o.AppSecret = secret);

        Assert.IsType<WebhookResult.Refused>(Receive(host, Bare, BareSignature));
        Assert.IsType<WebhookResult.Refused>(Receive(host, Bare, BareSignature));

        Assert.Single(host.Logs.Lines, l => l.Id == 4005);
    }

    [Fact]
    public async Task The_verification_question_is_answered_with_its_challenge()
    {
        await using var host = new Host();

        Assert.Equal("1158201444", host.Receiver.Verify(Question("subscribe", "our-verify-token")));
    }

    [Theory]
    [InlineData("subscribe", "another-token")]
    [InlineData("subscribe", "")]
    [InlineData("unsubscribe", "our-verify-token")]
    [InlineData("", "our-verify-token")]
    public async Task A_wrong_verification_question_is_refused(string mode, string token)
    {
        await using var host = new Host();

        Assert.Null(host.Receiver.Verify(Question(mode, token)));
    }

    [Fact]
    public async Task A_verification_question_is_refused_where_no_token_is_set_or_parts_are_missing()
    {
        await using var host = new Host();
        await using var without = new Host(configure: o => o.VerifyToken = null);

        Assert.Null(host.Receiver.Verify(new Dictionary<string, string>()));
        Assert.Null(without.Receiver.Verify(Question("subscribe", "")));
    }

    private static WebhookResult Receive(Host host, string body, string signature, string header = "X-Hub-Signature-256") =>
        host.Receiver.Receive(new Dictionary<string, string> { ["Host"] = "here", [header] = signature }, Encoding.UTF8.GetBytes(body));

    private static Dictionary<string, string> Question(string mode, string token) => new()
    {
        ["hub.mode"] = mode,
        ["hub.challenge"] = "1158201444",
        ["hub.verify_token"] = token,
    };
}
