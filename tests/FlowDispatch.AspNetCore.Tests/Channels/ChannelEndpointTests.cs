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
}
