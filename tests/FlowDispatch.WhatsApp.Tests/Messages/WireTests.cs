using System.Text.Json.Nodes;
using FlowDispatch.Sending;

namespace FlowDispatch.WhatsApp.Tests.Messages;

public sealed class WireTests
{
    [Fact]
    public async Task A_text_is_written_as_the_provider_documents_it()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        await host.SendAsync();

        Expect(Sample.Of("send.text"), await server.NextRequestAsync());
    }

    [Fact]
    public async Task Numbered_parameters_keep_their_order()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        await host.SendAsync(Some.Message(new MessageContent.Template("shipment_update_pos", "en_US", [new(null, "Dana"), new(null, "PX-881")])));

        Expect(Sample.Of("send.template.positional"), await server.NextRequestAsync());
    }

    [Fact]
    public async Task Named_parameters_carry_their_names()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        await host.SendAsync(Some.Message(new MessageContent.Template(
            "shipment_update", "en_US", [new("customer_name", "Dana"), new("parcel_code", "PX-881")])));

        var sample = Sample.Of("send.template.named");
        var components = sample["template"]!["components"]!.AsArray();
        components.RemoveAt(2); // the button
        components.RemoveAt(0); // the header
        Expect(sample, await server.NextRequestAsync());
    }

    [Fact]
    public async Task A_template_without_parameters_has_no_components()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        await host.SendAsync(Some.Message(new MessageContent.Template("hello_world", "en_US", [])));

        Expect(Sample.Of("send.template.bare"), await server.NextRequestAsync());
    }

    [Fact]
    public async Task A_request_goes_to_the_version_and_number_with_the_numbers_own_token()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address + "/");

        await host.SendAsync(Some.Message(channel: "desk"));

        var request = await server.NextRequestAsync();
        Assert.Equal("POST /v25.0/111222333444556/messages HTTP/1.1", request.Line);
        Assert.Equal("Bearer TOKEN-OF-DESK", request.Headers["Authorization"]);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.DoesNotContain("Transfer-Encoding", request.Headers.Keys);
    }

    [Fact]
    public async Task An_empty_version_leaves_its_segment_out()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address + "/graph", o => o.ApiVersion = "");

        await host.SendAsync();

        Assert.Equal($"POST /graph/{Sample.PhoneNumberId}/messages HTTP/1.1", (await server.NextRequestAsync()).Line);
    }

    [Theory]
    [InlineData("Olá, Zoë 🚀 \"quoted\" <b> \\ \n\t end")]
    [InlineData("half a pair: \ud83d")]
    [InlineData("\u0000\u2028")]
    public async Task Any_text_arrives_as_valid_json(string text)
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        await host.SendAsync(Some.Message(new MessageContent.Text(text)));

        var body = JsonNode.Parse((await server.NextRequestAsync()).Body)!["text"]!["body"]!.GetValue<string>();
        Assert.Equal(text.EndsWith('\ud83d') ? text[..^1] + '\ufffd' : text, body);
    }

    [Fact]
    public async Task Many_threads_send_at_once()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => host.SendAsync(Some.Message(to: $"155501{i:00000}")))));

        Assert.All(results, r => Assert.IsType<SendResult.Accepted>(r));
        Assert.Equal(200, server.Count);
    }

    private static void Expect(JsonNode sample, ProviderServer.Request request)
    {
        sample["biz_opaque_callback_data"] = Some.AttemptId().ToString();
        var actual = JsonNode.Parse(request.Body);
        Assert.True(JsonNode.DeepEquals(sample, actual), $"Expected {sample.ToJsonString()}\nbut got  {request.Body}");
    }
}
