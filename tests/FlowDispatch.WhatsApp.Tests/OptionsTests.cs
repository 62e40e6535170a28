using FlowDispatch.Channels;
using FlowDispatch.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FlowDispatch.WhatsApp.Tests;

public sealed class OptionsTests
{
    [Fact]
    public async Task Each_number_is_a_channel()
    {
        await using var host = new Host();

        Assert.Equal(
            [
                new Channel { Id = "shop", OrganizationId = "default", Kind = "whatsapp", ProviderId = Sample.PhoneNumberId, DisplayName = "Shop", MessagesPerSecond = 80, HasConversationWindow = true },
                new Channel { Id = "desk", OrganizationId = "other", Kind = "whatsapp", ProviderId = "111222333444556", MessagesPerSecond = 20, HasConversationWindow = true },
            ],
            host.Get<IChannelDirectory>().Channels);
    }

    [Fact]
    public void Everything_can_be_bound_from_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WhatsApp:BaseUrl"] = "http://127.0.0.1:5081",
            ["WhatsApp:ApiVersion"] = "v26.0",
            ["WhatsApp:AppSecret"] = "secret",
            ["WhatsApp:VerifyToken"] = "token",
            ["WhatsApp:AttemptTimeout"] = "00:00:20",
            ["WhatsApp:Circuit:MinimumSends"] = "5",
            ["WhatsApp:Numbers:0:Id"] = "shop",
            ["WhatsApp:Numbers:0:PhoneNumberId"] = "111222333444555",
            ["WhatsApp:Numbers:0:AccessToken"] = "T",
            ["WhatsApp:Numbers:0:DisplayName"] = "Shop",
            ["WhatsApp:Numbers:0:OrganizationId"] = "acme",
            ["WhatsApp:Numbers:0:MessagesPerSecond"] = "1000",
        }).Build();
        var options = new WhatsAppOptions();

        configuration.GetSection("WhatsApp").Bind(options);

        Assert.Equal(("http://127.0.0.1:5081", "v26.0", "secret", "token"), (options.BaseUrl, options.ApiVersion, options.AppSecret, options.VerifyToken));
        Assert.Equal((TimeSpan.FromSeconds(20), 5), (options.AttemptTimeout, options.Circuit.MinimumSends));
        var number = Assert.Single(options.Numbers);
        Assert.Equal(("shop", "111222333444555", "T", "Shop", "acme", 1000), (number.Id, number.PhoneNumberId, number.AccessToken, number.DisplayName, number.OrganizationId, number.MessagesPerSecond));
        Assert.True(new WhatsAppOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void A_mistake_is_named_with_value_rule_and_repair()
    {
        var mistakes = MistakesOf(o =>
        {
            o.BaseUrl = "graph.facebook.com";
            o.ApiVersion = "v25/../x";
            o.AttemptTimeout = TimeSpan.Zero;
            o.Circuit.FailureRatio = double.NaN;
            o.Circuit.MinimumSends = 1;
            o.Circuit.Pause = TimeSpan.FromHours(1);
            o.Numbers.Add(new() { PhoneNumberId = "../1", AccessToken = "SECRET\r\nX: y", OrganizationId = "", MessagesPerSecond = 0 });
        });

        Assert.Equal(
            [
                "WhatsApp:BaseUrl is \"graph.facebook.com\"; it must be an absolute http or https address without query, like https://graph.facebook.com.",
                "WhatsApp:ApiVersion is \"v25/../x\"; it must be one path segment like v25.0, or empty for none.",
                "WhatsApp:AttemptTimeout is 00:00:00; it must be from 00:00:01 to 00:05:00.",
                "WhatsApp:Circuit:FailureRatio is NaN; it must be above 0 and at most 1.",
                "WhatsApp:Circuit:MinimumSends is 1; it must be from 2 to 10,000.",
                "WhatsApp:Circuit:Pause is 01:00:00; it must be from 00:00:01 to 00:10:00.",
                "WhatsApp:Numbers:0:Id is missing; give the number the id that automations will name.",
                "WhatsApp:Numbers:0:PhoneNumberId is \"../1\"; it must be the provider's id of the number, digits only (not the phone number itself).",
                "WhatsApp:Numbers:0:AccessToken is missing or holds control characters; set the bearer token on one line.",
                "WhatsApp:Numbers:0:OrganizationId is empty; name the tenant that owns the number, or leave the setting out for \"default\".",
                "WhatsApp:Numbers:0:MessagesPerSecond is 0; it must be from 1 to 1,000.",
            ],
            mistakes);
    }

    [Fact]
    public void Two_numbers_cannot_share_an_id()
    {
        var mistakes = MistakesOf(o =>
        {
            o.Numbers.Add(new() { Id = "shop", PhoneNumberId = "1", AccessToken = "T" });
            o.Numbers.Add(new() { Id = "shop", PhoneNumberId = "1", AccessToken = "T" });
        });

        Assert.Equal(
            [
                "WhatsApp:Numbers has 2 entries with Id \"shop\"; automations name a number by it, so give each its own.",
                "WhatsApp:Numbers has 2 entries with PhoneNumberId \"1\"; webhooks name a number by it, so give each its own.",
            ],
            mistakes);
    }

    [Fact]
    public async Task A_host_with_a_mistake_does_not_start()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        new FlowDispatchBuilder(builder.Services).AddWhatsApp(o => o.BaseUrl = "nowhere");
        using var host = builder.Build();

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Registering_twice_is_harmless()
    {
        await using var host = new Host(more: s => new FlowDispatchBuilder(s).AddWhatsApp(o => o.ApiVersion = "v26.0"));

        Assert.Equal("v26.0", host.Get<IOptions<WhatsAppOptions>>().Value.ApiVersion);
        Assert.Single(host.Get<IEnumerable<IChannelDirectory>>());
        Assert.Equal("whatsapp", host.Receiver.Name);
    }

    private static IEnumerable<string> MistakesOf(Action<WhatsAppOptions> change)
    {
        var options = new WhatsAppOptions();
        change(options);
        return new WhatsAppOptionsValidator().Validate(null, options).Failures ?? [];
    }
}
