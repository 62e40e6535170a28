using System.Net;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.AspNetCore.Tests.Channels;

public sealed class RefusedChannelTests(RefusedChannelTests.Host host) : IClassFixture<RefusedChannelTests.Host>
{
    [Fact]
    public async Task A_channel_that_the_provider_refuses_says_so_until_the_run_that_it_paused_goes_on()
    {
        var client = host.Fresh();
        await host.ContactsAsync(client, "Ana");
        var automation = await client.AutomationAsync("\"audience_type\":\"all\"");
        var execution = (await client.PostAsync($"/flow-automations/{automation}/start")).Expect(HttpStatusCode.Accepted).Id;
        while ((await client.GetAsync($"/executions/{execution}"))["status"].GetString() != "paused")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var refused = (await client.GetAsync("/whatsapp-numbers"))["items"][0].GetProperty("health");
        await client.PostAsync($"/executions/{execution}/cancel");
        var cancelled = (await client.GetAsync("/whatsapp-numbers"))["items"][0].GetProperty("health");

        Assert.Equal("refused", refused.GetProperty("status").GetString());
        Assert.Contains("190", refused.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("ok", cancelled.GetProperty("status").GetString());
    }

    /// <summary>A host whose provider knows nobody.</summary>
    public sealed class Host : ApiHost
    {
        protected override TimeProvider Time => TimeProvider.System;

        protected override void Register(FlowDispatchBuilder builder)
        {
            builder.Services.Configure<FlowDispatchOptions>(o => o.Node.Enabled = true);
            builder.Services.AddKeyedSingleton<IMessageSender>(
                "free", new RecordingSender { Answer = (_, _) => Task.FromResult<SendResult>(new SendResult.ChannelRefused("190", "The token has ended.")) });
        }
    }
}
