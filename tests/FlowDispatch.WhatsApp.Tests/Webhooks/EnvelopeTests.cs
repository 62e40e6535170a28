using System.Text;
using FlowDispatch.Tracking;

namespace FlowDispatch.WhatsApp.Tests.Webhooks;

public sealed class EnvelopeTests
{
    private const string Status = """{"id":"wamid.X","status":"sent","timestamp":"1790000001"}""";

    [Fact]
    public async Task Each_number_leads_to_its_own_channel_and_others_are_passed_over()
    {
        Assert.Equal("desk", Assert.Single((await Webhook.ReceivedAsync(Webhook.Of("statuses", Status, "111222333444556"))).Events).ChannelId);

        var foreign = await Webhook.ReceivedAsync(Webhook.Of("statuses", Status, "999"));
        Assert.Equal((0, 1), (foreign.Events.Count, foreign.Ignored));
    }

    [Fact]
    public async Task A_body_with_a_thousand_changes_in_many_entries_is_read_whole()
    {
        var change = $$$"""{"value":{"metadata":{"phone_number_id":"{{{Sample.PhoneNumberId}}}"},"statuses":[{{{Status}}},{{{Status}}}],"padding":"{{{new string('x', 2500)}}}"},"field":"messages"}""";
        var entry = $$$"""{"id":"1","changes":[{{{string.Join(',', Enumerable.Repeat(change, 100))}}}]}""";

        var received = await Webhook.ReceivedAsync($$$"""{"object":"whatsapp_business_account","entry":[{{{string.Join(',', Enumerable.Repeat(entry, 10))}}}]}""");

        Assert.Equal((2000, 0), (received.Events.Count, received.Ignored));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("""{"object":"page","entry":[{}]}""")]
    [InlineData("""{"object":["whatsapp_business_account"]}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages"}]}]}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":[]}]}]}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"changes":["odd"]}]}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"account_update","value":{"metadata":{"phone_number_id":"111222333444555"}}}]}]}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"111222333444555"},"user_actions":[{}]}}]}]}""")]
    public async Task An_unknown_envelope_is_received_counted_and_passed_over(string body)
    {
        var received = await Webhook.ReceivedAsync(body);

        Assert.Equal((0, 1), (received.Events.Count, received.Ignored));
    }

    [Theory]
    [InlineData("""{"object":"whatsapp_business_account"}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":{}}""")]
    [InlineData("""{"object":"whatsapp_business_account","entry":["odd",{"changes":7}]}""")]
    public async Task An_envelope_without_changes_holds_nothing(string body)
    {
        Assert.Empty((await Webhook.ReceivedAsync(body)).Events);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("<xml/>")]
    [InlineData("{\"object\":\"whatsapp_business_account\"}}")]
    public async Task A_signed_body_that_is_no_json_is_malformed(string body)
    {
        Assert.IsType<WebhookResult.Malformed>(await Webhook.ReceiveAsync(Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_do_not_throw()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("""{"object":"whatsapp_business_account","x":" """), 0xC3, 0x28, 0xFF, .. "\"}"u8];

        Assert.IsNotType<WebhookResult.Refused>(await Webhook.ReceiveAsync(body));
    }

    [Fact]
    public async Task Nesting_without_end_is_malformed_and_does_not_overflow()
    {
        Assert.IsType<WebhookResult.Malformed>(await Webhook.ReceiveAsync(Encoding.UTF8.GetBytes(new string('[', 1_000_000))));
    }

    [Fact]
    public async Task Trouble_of_a_number_is_no_event()
    {
        var received = await Webhook.ReceivedAsync(Webhook.Of("errors", """{"code":130429,"title":"Rate limit hit"}"""));

        Assert.Equal((0, 1), (received.Events.Count, received.Ignored));
    }
}
