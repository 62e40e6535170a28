using FlowDispatch.Tracking;

namespace FlowDispatch.WhatsApp.Tests.Webhooks;

public sealed class ReplyTests
{
    [Theory]
    [InlineData("webhook.message.text", "STOP", null)]
    [InlineData("webhook.message.button", "Stop", "wamid.HBgLRkxPV0RJU1BBVENIAAAA01")]
    [InlineData("webhook.message.button_reply", "Yes", "wamid.HBgLRkxPV0RJU1BBVENIAAAA07")]
    [InlineData("webhook.message.list_reply", "Morning", "wamid.HBgLRkxPV0RJU1BBVENIAAAA07")]
    [InlineData("webhook.message.nfm_reply", "Sent", "wamid.HBgLRkxPV0RJU1BBVENIAAAA07")]
    [InlineData("webhook.message.image", "Here it is", null)]
    public async Task What_a_person_wrote_or_tapped_is_a_reply(string sample, string text, string? inReplyTo)
    {
        var reply = await OneAsync(Sample.Text(sample));

        Assert.Equal(("shop", "15550100123", text, inReplyTo), (reply.ChannelId, reply.From, reply.Text, reply.InReplyTo));
    }

    [Fact]
    public async Task A_reply_has_the_providers_id_and_time()
    {
        var reply = await OneAsync(Sample.Text("webhook.message.text"));

        Assert.Equal("wamid.HBgLRkxPV0RJU1BBVENIAAAA05", reply.ProviderMessageId);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1790000100), reply.At);
    }

    [Theory]
    [InlineData("""{"id":"wamid.R","type":"text","text":{"body":"hi"}}""", null, "hi")]
    [InlineData("""{"id":"wamid.R","from":"US.Qk7flowdisp0001","type":"text","text":{"body":"hi"}}""", null, "hi")]
    [InlineData("""{"id":"wamid.R","from":"+15550100123","type":"text","text":{"body":"hi"}}""", "15550100123", "hi")]
    [InlineData("""{"id":"wamid.R","from":15550100123,"type":"text","text":"odd"}""", "15550100123", null)]
    [InlineData("""{"id":"wamid.R","type":"text"}""", null, null)]
    [InlineData("""{"id":"wamid.R","type":"text","text":{"body":"\ud83d"}}""", null, null)]
    [InlineData("""{"id":"wamid.R","type":"button","button":{"payload":"yes"}}""", null, "yes")]
    [InlineData("""{"id":"wamid.R","type":"interactive","interactive":{"type":"new_reply"}}""", null, null)]
    [InlineData("""{"id":"wamid.R","type":"audio","audio":{"id":"1","voice":true}}""", null, null)]
    [InlineData("""{"id":"wamid.R","type":"document","document":{"caption":"mine"}}""", null, "mine")]
    [InlineData("""{"id":"wamid.R","type":"video","video":{"caption":"look"}}""", null, "look")]
    [InlineData("""{"id":"wamid.R","type":"sticker","sticker":{}}""", null, null)]
    [InlineData("""{"id":"wamid.R","type":"location","location":{"latitude":1}}""", null, null)]
    [InlineData("""{"id":"wamid.R","type":"contacts","contacts":[{}]}""", null, null)]
    [InlineData("""{"id":"wamid.R","type":"order","order":{"text":"two please"}}""", null, "two please")]
    public async Task Every_kind_of_answer_is_a_reply_even_where_it_has_no_words_or_number(string message, string? from, string? text)
    {
        var reply = await OneAsync(Webhook.Of("messages", message));

        Assert.Equal((from, text), (reply.From, reply.Text));
    }

    [Fact]
    public async Task A_reaction_answers_the_message_it_is_put_on()
    {
        var reply = await OneAsync(Webhook.Of("messages", """{"id":"wamid.R","from":"15550100123","type":"reaction","reaction":{"message_id":"wamid.X","emoji":"\ud83d\udc4d"}}"""));

        Assert.Equal(("👍", "wamid.X"), (reply.Text, reply.InReplyTo));
    }

    [Theory]
    [InlineData("webhook.message.unsupported")]
    [InlineData("webhook.message.system_number_change")]
    [InlineData("webhook.user_preferences")]
    [InlineData("webhook.template_status")]
    [InlineData("webhook.template_category")]
    [InlineData("webhook.phone_quality")]
    [InlineData("webhook.account_update")]
    public async Task What_is_no_answer_of_a_person_is_counted_and_passed_over(string sample)
    {
        var received = await Webhook.ReceivedAsync(Sample.Text(sample));

        Assert.Equal((0, 1), (received.Events.Count, received.Ignored));
    }

    [Theory]
    [InlineData("""{"id":"wamid.R","type":"reaction","reaction":{"message_id":"wamid.X"}}""")]
    [InlineData("""{"id":"wamid.R","type":"reaction","reaction":{"message_id":"wamid.X","emoji":""}}""")]
    [InlineData("""{"id":"wamid.R","type":"edit","edit":{}}""")]
    [InlineData("""{"id":"wamid.R","type":"revoke","revoke":{"original_message_id":"wamid.X"}}""")]
    [InlineData("""{"id":"wamid.R","type":"something_new"}""")]
    [InlineData("""{"id":"wamid.R","type":"text","text":{"body":"STOP"},"group_id":"G1"}""")]
    [InlineData("""{"id":"wamid.R"}""")]
    [InlineData("""{"type":"text","text":{"body":"hi"}}""")]
    [InlineData("\"odd\"")]
    public async Task Withdrawals_edits_groups_and_the_unknown_are_passed_over(string message)
    {
        var received = await Webhook.ReceivedAsync(Webhook.Of("messages", message));

        Assert.Equal((0, 1), (received.Events.Count, received.Ignored));
    }

    private static async Task<InboundEvent.Reply> OneAsync(string body) =>
        Assert.IsType<InboundEvent.Reply>(Assert.Single((await Webhook.ReceivedAsync(body)).Events));
}
