using System.Net;
using System.Text;

namespace FlowDispatch.Sample.Simulator.Tests;

public sealed class MisbehaviorTests : SimulatorTest
{
    private const string Text = """{"messaging_product":"whatsapp","to":"+15550100123","text":{"body":"Hello"}}""";

    [Theory]
    [InlineData(0, 401)]
    [InlineData(4, 400)]
    [InlineData(10, 403)]
    [InlineData(190, 401)]
    [InlineData(131000, 500)]
    [InlineData(131026, 400)]
    [InlineData(131031, 403)]
    [InlineData(132001, 404)]
    [InlineData(133004, 503)]
    public async Task Every_code_can_be_had_by_chance_by_template_and_by_number(int code, int status)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        Assert.Equal((status, code), await running.TryAsync(SendingTests.Template("", $"error_{code}")));
        Assert.Equal((status, code), await running.TryAsync(Text.Replace("+15550100123", $"+5511966{code:D6}", StringComparison.Ordinal)));
        await running.BehaveAsync($$"""{"errors":[{"code":{{code}},"probability":1}]}""");
        Assert.Equal((status, code), await running.TryAsync(Text));
        Assert.Equal(0, await running.StatAsync("accepted"));
    }

    [Fact]
    public async Task An_error_ends_after_its_maximum()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);
        await running.BehaveAsync("""{"errors":[{"code":131016,"probability":1,"max":2}]}""");

        Assert.Equal((500, 131016), await running.TryAsync(Text));
        Assert.Equal((500, 131016), await running.TryAsync(Text));
        Assert.Equal((200, 0), await running.TryAsync(Text));
    }

    [Fact]
    public async Task Chance_follows_the_seed()
    {
        var first = await OutcomesAsync("first");
        var second = await OutcomesAsync("second");

        Assert.Equal(first, second);
        Assert.Contains(0, first);
        Assert.Contains(131000, first);

        async Task<List<int>> OutcomesAsync(string name)
        {
            await using var running = await RunningSimulator.StartAsync(Journal + name);
            await running.BehaveAsync("""{"errors":[{"code":131000,"probability":0.5}]}""");
            var codes = new List<int>();
            for (var i = 0; i < 20; i++)
            {
                codes.Add((await running.TryAsync(Text)).Code);
            }

            return codes;
        }
    }

    [Fact]
    public async Task A_number_that_sends_faster_than_the_throttle_is_told_so_until_a_second_has_passed()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);
        await running.BehaveAsync("""{"throttle":2}""");

        Assert.Equal((200, 0), await running.TryAsync(Text));
        running.Clock.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal((200, 0), await running.TryAsync(Text));
        Assert.Equal((400, 130429), await running.TryAsync(Text));
        using (var other = await running.PostAsync("/v25.0/222/messages", Text))
        {
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }

        running.Clock.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal((200, 0), await running.TryAsync(Text));
        Assert.Equal((400, 130429), await running.TryAsync(Text));
    }

    [Fact]
    public async Task A_lost_answer_breaks_the_connection_and_keeps_the_message_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"lost_answers":1,"read":0,"skip_delivered":1}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => running.SendAsync(callbackData: "attempt-1"));

        var kept = Assert.Single((await running.GetAsync("/_simulator/messages")).GetProperty("items").EnumerateArray());
        Assert.Equal("attempt-1", kept.GetProperty("biz_opaque_callback_data").GetString());
        Assert.True(kept.GetProperty("answer_lost").GetBoolean());
        Assert.Equal(1, await running.StatAsync("lost_answers"));
        running.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("attempt-1", Assert.Single(await receiver.StatusesAsync(1)).GetProperty("biz_opaque_callback_data").GetString());
    }

    [Fact]
    public async Task A_slow_answer_takes_its_time_but_the_message_is_taken_at_once()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);
        await running.BehaveAsync("""{"latency_ms":{"min":500,"max":500}}""");

        var sending = running.SendAsync();
        await running.ReachesAsync("accepted", 1);
        running.Clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(sending.IsCompleted);
        while (!sending.IsCompleted) // the delay may begin only after the count was seen
        {
            running.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await running.StatAsync("accepted");
        }

        Assert.StartsWith("wamid.", await sending, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"lost_answer":1}""")]
    [InlineData("""{"lost_answers":1.5}""")]
    [InlineData("""{"latency_ms":{"min":5,"max":1}}""")]
    [InlineData("""{"errors":[{"probability":1}]}""")]
    [InlineData("""{"throttle":0}""")]
    [InlineData("""{"errors":null}""")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task A_behaviour_that_cannot_be_meant_is_refused_and_changes_nothing(string json)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);
        await running.BehaveAsync("""{"throttle":5}""");

        using var response = await running.Client.PutAsync("/_simulator/behavior", new StringContent(json, Encoding.UTF8, "application/json"), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(5, (await running.GetAsync("/_simulator/behavior")).GetProperty("throttle").GetInt32());
    }
}
