using System.Net;
using FlowDispatch.Sending;

namespace FlowDispatch.AspNetCore.Tests.Automations;

/// <summary>What the preview of <see cref="PersonalisationTests"/> shows is what is really sent: contact, flow, automation and start go over HTTP.</summary>
public sealed class SentMessageTests(DispatchingHost host) : IClassFixture<DispatchingHost>
{
    private const string Shout = """[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":"[{{ x }}]","next":"e"},{"id":"e","type":"end"}]""";

    [Theory]
    [MemberData(nameof(PersonalisationTests.Matrix), MemberType = typeof(PersonalisationTests))]
    [InlineData("\"{{ coupon.code }} {{ coupon.cents }}\"", "{{ x }} 250")]
    public async Task A_mapping_is_sent_as(string template, string expected)
    {
        var client = host.Fresh();
        (await client.PostAsync("/contacts", $$$"""{"whatsapp_id":"5511988887777","name":"João {{discount}}","custom_fields":{{{PersonalisationTests.Fields}}}}""")).Expect(HttpStatusCode.Created);
        var automation = await client.AutomationAsync($$"""
            "audience_type":"all","rate_limit_per_hour":null,"variable_mapping":{"x":{{template}}}
            """, Shout);

        (await client.PostAsync($"/flow-automations/{automation}/start")).Expect(HttpStatusCode.Accepted);
        var message = await host.FirstMessageAsync(client.Organization);

        Assert.Equal("5511988887777", message.To);
        Assert.Equal($"[{expected}]", Assert.IsType<MessageContent.Text>(message.Content).Body);
    }
}
