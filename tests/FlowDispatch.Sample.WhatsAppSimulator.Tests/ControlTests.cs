using System.Net;

namespace FlowDispatch.Sample.Simulator.Tests;

public sealed class ControlTests : SimulatorTest
{
    [Fact]
    public async Task A_reply_reaches_the_receiver_as_a_message_in_the_answered_one_s_context()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.BehaveAsync("""{"read":0,"sent_after_ms":{"min":60000,"max":60000}}""");
        var id = await running.SendAsync("+5531988887777");

        using var response = await running.PostAsync("/_simulator/replies", $$"""{"from":"+5531988887777","text":"Não","in_reply_to":"{{id}}","name":"Zoë"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var value = Assert.Single((await receiver.NextAsync()).Changes).GetProperty("value");
        Assert.Equal("111222333444555", value.GetProperty("metadata").GetProperty("phone_number_id").GetString());
        Assert.Equal("553188887777", value.GetProperty("contacts")[0].GetProperty("wa_id").GetString());
        Assert.Equal("Zoë", value.GetProperty("contacts")[0].GetProperty("profile").GetProperty("name").GetString());
        var message = Assert.Single(value.GetProperty("messages").EnumerateArray());
        Assert.Equal("553188887777", message.GetProperty("from").GetString());
        Assert.Equal((await RunningSimulator.JsonAsync(response)).GetProperty("id").GetString(), message.GetProperty("id").GetString());
        Assert.Equal("text", message.GetProperty("type").GetString());
        Assert.Equal("Não", message.GetProperty("text").GetProperty("body").GetString());
        Assert.Equal(id, message.GetProperty("context").GetProperty("id").GetString());
        Assert.Equal("15550100999", message.GetProperty("context").GetProperty("from").GetString());
        Assert.Equal(1, await running.StatAsync("accepted"));
        Assert.Equal(1, await running.StatAsync("replies"));
    }

    [Theory]
    [InlineData("""{"from":"Dana","text":"Hi"}""")]
    [InlineData("""{"from":"+15550100123","text":""}""")]
    [InlineData("""{"from":"+15550100123"}""")]
    [InlineData("""{"from":"+15550100123","text":"nobody wrote to me"}""")]
    public async Task A_reply_that_cannot_be_delivered_is_refused(string json)
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        using var response = await running.PostAsync("/_simulator/replies", json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, await running.StatAsync("receipts_owed"));
    }

    [Fact]
    public async Task Accepted_messages_are_listed_by_recipient_and_limit()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);
        var first = await running.SendAsync("+5531988887777", "a");
        await running.TryAsync(SendingTests.Template("""{"type":"body","parameters":[{"type":"text","text":"5531988887777"}]}"""));
        var last = await running.SendAsync("+553188887777", "b");

        var all = (await running.GetAsync("/_simulator/messages")).GetProperty("items");
        var newest = (await running.GetAsync("/_simulator/messages?limit=1")).GetProperty("items");
        var one = (await running.GetAsync("/_simulator/messages?to=%2B5531988887777")).GetProperty("items");

        Assert.Equal(3, all.GetArrayLength());
        Assert.Equal("Hello", all[0].GetProperty("body").GetString());
        Assert.Equal("+5531988887777", all[0].GetProperty("to").GetString());
        Assert.Equal("111222333444555", all[0].GetProperty("phone_number_id").GetString());
        Assert.Equal("v25.0", all[0].GetProperty("api_version").GetString());
        Assert.Equal("a", all[0].GetProperty("biz_opaque_callback_data").GetString());
        Assert.Equal(running.Clock.GetUtcNow(), all[0].GetProperty("accepted_at").GetDateTimeOffset());
        Assert.Equal("template", all[1].GetProperty("type").GetString());
        Assert.Equal("shipment_update", all[1].GetProperty("template").GetProperty("name").GetString());
        Assert.Equal([last], newest.EnumerateArray().Select(Id));
        Assert.Equal([first, last], one.EnumerateArray().Select(Id));
    }

    [Fact]
    public async Task The_counts_tell_people_apart_however_their_number_is_written()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);

        await running.SendAsync("+5511988887777");
        await running.SendAsync("+55 11 8888-7777");
        await running.SendAsync("+5511988887777");
        await running.SendAsync("+15550100123");
        await running.TryAsync("{}");

        Assert.Equal(4, await running.StatAsync("accepted"));
        Assert.Equal(2, await running.StatAsync("unique_recipients"));
        Assert.Equal(1, await running.StatAsync("repeated_recipients"));
        Assert.Equal(1, await running.StatAsync("refused"));
        Assert.Equal(12, await running.StatAsync("receipts_owed"));
    }

    [Fact]
    public async Task The_most_in_flight_are_those_that_waited_for_their_answers_together()
    {
        await using var running = await RunningSimulator.StartAsync(Journal);
        await running.BehaveAsync("""{"latency_ms":{"min":1000,"max":1000}}""");

        var three = Enumerable.Range(0, 3).Select(_ => running.SendAsync()).ToList();
        await running.ReachesAsync("most_in_flight", 3);
        await AnsweredAsync(three);
        await AnsweredAsync([running.SendAsync()]);

        Assert.Equal(4, await running.StatAsync("accepted"));
        Assert.Equal(3, await running.StatAsync("most_in_flight"));

        // A request may begin to wait a moment after it was counted: the clock goes on until all are through.
        async Task AnsweredAsync(IReadOnlyCollection<Task<string>> requests)
        {
            while (requests.Any(r => !r.IsCompleted))
            {
                running.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            await Task.WhenAll(requests);
        }
    }

    [Fact]
    public async Task A_reset_forgets_messages_receipts_counts_and_behaviour()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var running = await RunningSimulator.StartAsync(Journal, receiver.Url);
        await running.SendAsync("+15550100777");
        await running.BehaveAsync("""{"throttle":1}""");

        using var response = await running.Client.DeleteAsync("/_simulator", Cancellation);
        running.Clock.Advance(TimeSpan.FromSeconds(10));
        var id = await running.SendAsync();
        running.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.All(await receiver.StatusesAsync(3), status => Assert.Equal(id, Id(status)));
        Assert.Equal(1, await running.StatAsync("accepted"));
        Assert.Single((await running.GetAsync("/_simulator/messages")).GetProperty("items").EnumerateArray());
        Assert.False((await running.GetAsync("/_simulator/behavior")).TryGetProperty("throttle", out _));
    }
}
