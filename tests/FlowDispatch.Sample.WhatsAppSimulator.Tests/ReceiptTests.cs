using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlowDispatch.Sample.Simulator.Tests;

public sealed class ReceiptTests : SimulatorTest
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_message_is_reported_sent_delivered_and_read()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        var accepted = running.Clock.GetUtcNow().ToUnixTimeSeconds();

        var id = await running.SendAsync(callbackData: "exec-42/rcpt-7/att-1");
        running.Clock.Advance(Enough);

        var statuses = await receiver.StatusesAsync(3);
        Assert.Equal(["sent", "delivered", "read"], statuses.Select(Name));
        Assert.All(statuses, status =>
        {
            Assert.Equal(id, Id(status));
            Assert.Equal("15550100123", status.GetProperty("recipient_id").GetString());
            Assert.Equal("exec-42/rcpt-7/att-1", status.GetProperty("biz_opaque_callback_data").GetString());
            Assert.InRange(long.Parse(status.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture), accepted, accepted + 4);
        });
        await running.ReachesAsync("receipts_delivered", 3);
        Assert.Equal(0, await running.StatAsync("receipts_owed"));
    }

    [Fact]
    public async Task A_webhook_names_the_account_and_the_number()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);

        await running.SendAsync();
        running.Clock.Advance(Enough);

        var webhook = await receiver.NextAsync();
        Assert.Equal("application/json", webhook.ContentType);
        Assert.Equal("whatsapp_business_account", webhook.Json.GetProperty("object").GetString());
        Assert.Equal("900100200300400", webhook.Json.GetProperty("entry")[0].GetProperty("id").GetString());
        var change = Assert.Single(webhook.Changes);
        Assert.Equal("messages", change.GetProperty("field").GetString());
        Assert.Equal("whatsapp", change.GetProperty("value").GetProperty("messaging_product").GetString());
        Assert.Equal(
            """{"display_phone_number":"15550100999","phone_number_id":"111222333444555"}""",
            change.GetProperty("value").GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task A_webhook_is_escaped_and_signed_over_its_bytes()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);

        await running.SendAsync(callbackData: "Zoë 🚀 a/b \"c\" \\d \u001f");
        running.Clock.Advance(Enough);

        var webhook = await receiver.NextAsync();
        var digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(RunningSimulator.Secret), webhook.Body);
        Assert.Equal("sha256=" + Convert.ToHexString(digest).ToLowerInvariant(), webhook.Signature);
        Assert.True(Ascii.IsValid(webhook.Body));
        Assert.Contains("""Zo\u00eb \ud83d\ude80 a\/b \"c\" \\d \u001f""", webhook.Text, StringComparison.Ordinal);
        Assert.Equal("Zoë 🚀 a/b \"c\" \\d \u001f", webhook.Statuses.First().GetProperty("biz_opaque_callback_data").GetString());
    }

    [Fact]
    public async Task Receipts_travel_together_a_hundred_at_most()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"read":0,"skip_delivered":1}""");

        var ids = new HashSet<string>();
        for (var i = 0; i < 250; i++)
        {
            ids.Add(await running.SendAsync($"+1555010{i:D4}"));
        }

        running.Clock.Advance(Enough);
        ReceivedWebhook[] webhooks = [await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync()];
        Assert.Equal([50, 100, 100], webhooks.Select(webhook => webhook.Statuses.Count()).Order());
        Assert.Equal(ids, webhooks.SelectMany(webhook => webhook.Statuses).Select(status => Id(status)!).ToHashSet());
    }

    [Fact]
    public async Task A_receipt_that_is_refused_comes_again_after_one_and_then_two_seconds()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"read":0,"skip_delivered":1}""");
        receiver.Answer = () => Task.FromResult(500);

        await running.SendAsync();
        running.Clock.Advance(TimeSpan.FromMilliseconds(200));
        var first = await receiver.NextAsync();
        await running.ReachesAsync("webhooks_failed", 1);
        running.Clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.True(receiver.HasNothing);
        running.Clock.Advance(TimeSpan.FromMilliseconds(100 + 50));
        var second = await receiver.NextAsync();
        await running.ReachesAsync("webhooks_failed", 2);
        receiver.Answer = () => Task.FromResult(200);
        running.Clock.Advance(TimeSpan.FromMilliseconds(1900));
        Assert.True(receiver.HasNothing);
        running.Clock.Advance(TimeSpan.FromMilliseconds(100 + 50));
        var third = await receiver.NextAsync();

        Assert.Equal(first.Body, second.Body);
        Assert.Equal(first.Body, third.Body);
        await running.ReachesAsync("receipts_delivered", 1);
        Assert.Equal(0, await running.StatAsync("receipts_owed"));
    }

    [Fact]
    public async Task After_seven_days_a_receipt_is_given_up()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"read":0,"skip_delivered":1}""");
        receiver.Answer = () => Task.FromResult(503);

        await running.SendAsync();
        running.Clock.Advance(TimeSpan.FromDays(7) + Enough);

        await receiver.NextAsync();
        await running.ReachesAsync("receipts_given_up", 1);
        Assert.Equal(0, await running.StatAsync("receipts_owed"));
        Assert.Equal(0, await running.StatAsync("receipts_delivered"));
    }

    [Fact]
    public async Task Without_a_callback_receipts_wait_until_there_is_one()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal);

        await running.SendAsync();
        running.Clock.Advance(Enough);
        Assert.Equal(3, await running.StatAsync("receipts_owed"));
        running.Simulator.CallbackUrl = receiver.Url;

        Assert.Equal(["sent", "delivered", "read"], (await receiver.StatusesAsync(3)).Select(Name));
    }

    [Fact]
    public async Task A_receiver_that_was_away_is_found_again()
    {
        var gone = await WebhookReceiver.StartAsync();
        var nowhere = gone.Url;
        await gone.DisposeAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, nowhere);

        await running.SendAsync();
        running.Clock.Advance(Enough);
        await running.ReachesAsync("webhooks_failed", 1);
        running.Simulator.CallbackUrl = receiver.Url;
        Assert.True(receiver.HasNothing);
        running.Clock.Advance(Enough);

        Assert.Equal(["sent", "delivered", "read"], (await receiver.StatusesAsync(3)).Select(Name));
    }

    [Fact]
    public async Task Held_receipts_come_when_they_are_released()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"hold_receipts":true,"read":0}""");

        await running.SendAsync();
        running.Clock.Advance(Enough);
        Assert.Equal(2, await running.StatAsync("receipts_owed"));
        Assert.True(receiver.HasNothing);
        await running.BehaveAsync("{}");

        Assert.Equal(["sent", "delivered"], (await receiver.StatusesAsync(2)).Select(Name));
    }

    [Theory]
    [InlineData("""{"read":1,"duplicate_receipts":1}""", "delivered,delivered,read,read,sent,sent")]
    [InlineData("""{"read":0}""", "delivered,sent")]
    [InlineData("""{"read":1,"skip_delivered":1}""", "read,sent")]
    [InlineData("""{"failed_receipts":[{"code":131026,"probability":1}]}""", "failed")]
    public async Task Receipts_come_as_the_behaviour_says(string behaviour, string expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync(behaviour);

        await running.SendAsync();
        running.Clock.Advance(Enough);

        var expectedNames = expected.Split(',');
        Assert.Equal(expectedNames, (await receiver.StatusesAsync(expectedNames.Length)).Select(Name).Order(StringComparer.Ordinal));
        await running.ReachesAsync("receipts_delivered", expectedNames.Length);
        Assert.Equal(0, await running.StatAsync("receipts_owed"));
    }

    [Fact]
    public async Task Reordered_receipts_come_last_first_with_their_true_times()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"read":1,"reorder_receipts":1,"delivered_after_ms":{"min":2000,"max":2000},"read_after_ms":{"min":2000,"max":2000}}""");

        await running.SendAsync();
        running.Clock.Advance(Enough);

        var statuses = await receiver.StatusesAsync(3);
        Assert.Equal(["read", "delivered", "sent"], statuses.Select(Name));
        var times = statuses.ConvertAll(status => long.Parse(status.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture));
        Assert.Equal([4, 2, 0], times.Select(time => time - times[2]));
    }

    [Fact]
    public async Task Late_receipts_keep_their_time_and_come_later()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"read":0,"late_receipts_ms":3600000}""");
        var accepted = running.Clock.GetUtcNow().ToUnixTimeSeconds();

        await running.SendAsync();
        running.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(2, await running.StatAsync("receipts_owed"));
        Assert.True(receiver.HasNothing);
        running.Clock.Advance(TimeSpan.FromMinutes(2));

        var sent = (await receiver.StatusesAsync(2))[0];
        Assert.InRange(long.Parse(sent.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture), accepted, accepted + 1);
    }

    [Fact]
    public async Task A_receipt_can_come_before_the_answer()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"receipts_before_answer":1}""");
        var mayAnswer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = () =>
        {
            asked.TrySetResult();
            return mayAnswer.Task;
        };

        var sending = running.SendAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.False(sending.IsCompleted);
        mayAnswer.SetResult(200);

        Assert.Equal(await sending, Id(Assert.Single((await receiver.NextAsync()).Statuses)));
    }

    [Fact]
    public async Task A_failure_carries_the_error_and_can_be_had_by_template_and_by_number()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);

        Assert.Equal((200, 0), await running.TryAsync(SendingTests.Template("", "failed_131049")));
        await running.SendAsync("+5511977131049");
        running.Clock.Advance(Enough);

        var statuses = await receiver.StatusesAsync(2);
        Assert.All(statuses, status =>
        {
            Assert.Equal("failed", Name(status));
            var error = Assert.Single(status.GetProperty("errors").EnumerateArray());
            Assert.Equal(131049, error.GetProperty("code").GetInt32());
            Assert.False(string.IsNullOrEmpty(error.GetProperty("title").GetString()));
            Assert.False(string.IsNullOrEmpty(error.GetProperty("error_data").GetProperty("details").GetString()));
        });
    }

    [Fact]
    public async Task A_user_id_is_reported_without_a_number()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);

        await running.TryAsync("""{"messaging_product":"whatsapp","recipient":"US.Qk7flowdisp0001","text":{"body":"Hello"}}""");
        running.Clock.Advance(Enough);

        var status = (await receiver.StatusesAsync(3))[0];
        Assert.Equal("US.Qk7flowdisp0001", status.GetProperty("recipient_user_id").GetString());
        Assert.False(status.TryGetProperty("recipient_id", out _));
        Assert.False(status.TryGetProperty("biz_opaque_callback_data", out _));
    }
}
