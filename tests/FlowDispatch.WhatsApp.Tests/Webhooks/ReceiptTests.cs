using FlowDispatch.Tracking;

namespace FlowDispatch.WhatsApp.Tests.Webhooks;

public sealed class ReceiptTests
{
    [Fact]
    public async Task A_sent_message_is_reported()
    {
        var receipt = await OneAsync(Sample.Text("webhook.status.sent"));

        Assert.Equal("shop", receipt.ChannelId);
        Assert.Equal(ReceiptStatus.Sent, receipt.Status);
        Assert.Equal("wamid.HBgLRkxPV0RJU1BBVENIAAAA01", receipt.ProviderMessageId);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1790000001), receipt.At);
        Assert.Null(receipt.ErrorCode);
    }

    [Fact]
    public async Task Our_attempt_id_comes_back_and_what_others_put_there_does_not()
    {
        var ours = Some.AttemptId(3).ToString();

        Assert.Equal(ours, (await OneAsync(Sample.Text("webhook.status.sent").Replace("exec-42/rcpt-7/att-1", ours, StringComparison.Ordinal))).AttemptId);
        Assert.Null((await OneAsync(Sample.Text("webhook.status.sent"))).AttemptId);
    }

    [Fact]
    public async Task Every_change_of_a_batch_is_read()
    {
        var received = await Webhook.ReceivedAsync(Sample.Text("webhook.status.delivered_and_read_batched"));

        Assert.Equal(
            [(ReceiptStatus.Delivered, 1790000004L), (ReceiptStatus.Read, 1790000009L)],
            received.Events.Cast<InboundEvent.Receipt>().Select(r => (r.Status, r.At.ToUnixTimeSeconds())));
        Assert.Equal(0, received.Ignored);
    }

    [Fact]
    public async Task A_failed_message_says_why_and_that_it_is_final()
    {
        var receipt = await OneAsync(Sample.Text("webhook.status.failed"));

        Assert.Equal(ReceiptStatus.Failed, receipt.Status);
        Assert.Equal("131026", receipt.ErrorCode);
        Assert.Equal("Message undeliverable: The message could not be delivered.", receipt.ErrorMessage);
        Assert.False(receipt.IsTransient);
        Assert.Null(receipt.RetryAfter);
    }

    [Theory]
    [InlineData(131049, true, 86400)]
    [InlineData(130429, true, 2)]
    [InlineData(131000, true, null)]
    [InlineData(131047, false, null)]
    [InlineData(135000, false, null)]
    [InlineData(190, false, null)]
    [InlineData(424242, false, null)]
    public async Task A_failure_that_passes_says_so(int code, bool isTransient, int? seconds)
    {
        var receipt = await OneAsync(Webhook.Of("statuses", $$$"""{"id":"wamid.X","status":"failed","timestamp":"1790000002","errors":[{"code":{{{code}}},"title":"T"}]}"""));

        Assert.Equal((isTransient, seconds), (receipt.IsTransient, (int?)receipt.RetryAfter?.TotalSeconds));
    }

    [Fact]
    public async Task The_documented_error_object_is_read()
    {
        var receipt = await OneAsync(Webhook.Of("statuses", $$$"""{"id":"wamid.X","status":"failed","errors":[{{{Sample.Text("webhook.error_object")}}}]}"""));

        Assert.Equal(("131049", "Not delivered: marketing limit of this user: The user has had enough marketing for now."), (receipt.ErrorCode, receipt.ErrorMessage));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","errors":null""")]
    [InlineData(""","errors":[]""")]
    [InlineData(""","errors":"odd" """)]
    [InlineData(""","errors":["odd",7]""")]
    public async Task A_failure_without_a_reason_is_still_a_failure(string errors)
    {
        var receipt = await OneAsync(Webhook.Of("statuses", $$$"""{"id":"wamid.X","status":"failed"{{{errors}}}}"""));

        Assert.Equal((ReceiptStatus.Failed, null, false), (receipt.Status, receipt.ErrorCode, receipt.IsTransient));
    }

    [Fact]
    public async Task A_person_without_a_number_has_receipts_too()
    {
        Assert.Equal(ReceiptStatus.Delivered, (await OneAsync(Sample.Text("webhook.status.no_phone"))).Status);
    }

    [Theory]
    [InlineData("\"1790000001\"", 1790000001L)]
    [InlineData("1790000001", 1790000001L)]
    [InlineData("\"soon\"", null)]
    [InlineData("-5", null)]
    [InlineData("1790000001000000000", null)]
    [InlineData("99999999999999999999999", null)]
    [InlineData("{}", null)]
    [InlineData("null", null)]
    public async Task A_time_is_read_as_text_or_number_and_is_now_where_it_is_neither(string timestamp, long? seconds)
    {
        var receipt = await OneAsync(Webhook.Of("statuses", $$$"""{"id":"wamid.X","status":"sent","timestamp":{{{timestamp}}}}"""));

        Assert.Equal(seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : Some.Noon, receipt.At);
    }

    [Theory]
    [InlineData("""{"id":"wamid.X","status":"played","timestamp":"1790000001"}""")]
    [InlineData("""{"id":"wamid.X","status":"deleted","timestamp":"1790000001"}""")]
    [InlineData("""{"id":"wamid.X","status":"something_new"}""")]
    [InlineData("""{"id":"wamid.X","status":null}""")]
    [InlineData("""{"id":"wamid.X"}""")]
    [InlineData("""{"status":"sent"}""")]
    [InlineData("""{"id":{},"status":"sent"}""")]
    [InlineData("""{"id":"wamid.X","status":["sent"]}""")]
    [InlineData("""{"id":"\ud83d","status":"sent"}""")]
    [InlineData("""{"\ud83d":1,"id":"wamid.X"}""")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task What_says_nothing_about_arrival_is_counted_and_passed_over(string status)
    {
        var received = await Webhook.ReceivedAsync(Webhook.Of("statuses", status));

        Assert.Equal((0, 1), (received.Events.Count, received.Ignored));
    }

    [Fact]
    public async Task One_odd_part_costs_nothing_of_the_rest()
    {
        var received = await Webhook.ReceivedAsync(Webhook.Of("statuses", """7,{"id":"wamid.X","status":"read"},null,{"id":"wamid.Y","status":"sent"}"""));

        Assert.Equal((2, 2), (received.Events.Count, received.Ignored));
    }

    private static async Task<InboundEvent.Receipt> OneAsync(string body) =>
        Assert.IsType<InboundEvent.Receipt>(Assert.Single((await Webhook.ReceivedAsync(body)).Events));
}
