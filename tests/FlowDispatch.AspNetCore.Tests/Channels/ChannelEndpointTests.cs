using System.Net;

namespace FlowDispatch.AspNetCore.Tests.Channels;

public sealed class ChannelEndpointTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task An_organization_sees_its_own_channels()
    {
        var client = host.Fresh("viewer");
        host.Fresh();

        var channels = (await client.GetAsync("/whatsapp-numbers")).Expect(HttpStatusCode.OK);

        Assert.Equal([client.Free, client.WhatsApp], channels["items"].EnumerateArray().Select(i => i.GetProperty("id").GetString()));
        Assert.Equal("Loja", channels["items"][1].GetProperty("display_name").GetString());
        Assert.Equal("whatsapp", channels["items"][1].GetProperty("kind").GetString());
        Assert.Equal(80, channels["items"][1].GetProperty("messages_per_second").GetInt32());
        Assert.Equal(2, channels["total"].GetInt32());
    }

    [Fact]
    public async Task A_channel_tells_its_health()
    {
        var client = host.Fresh();
        var until = host.Clock.GetUtcNow().AddMinutes(2);
        await host.Store.Limits.HoldAsync($"channel:{client.WhatsApp}", until, TestContext.Current.CancellationToken);

        var channels = (await client.GetAsync("/whatsapp-numbers")).Expect(HttpStatusCode.OK)["items"];

        Assert.Equal("""{"status":"ok","held_until":null,"reason":null}""", channels[0].GetProperty("health").GetRawText());
        Assert.Equal("held", channels[1].GetProperty("health").GetProperty("status").GetString());
        Assert.Equal(until, channels[1].GetProperty("health").GetProperty("held_until").GetDateTimeOffset());
    }
}
