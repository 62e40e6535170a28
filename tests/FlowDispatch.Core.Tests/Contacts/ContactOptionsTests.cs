using FlowDispatch.Contacts;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Tests.Contacts;

public sealed class ContactOptionsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("br", "BR")]
    public void The_default_region_is_the_hosts_choice(string? given, string? region)
    {
        using var services = Services(s => s.Configure<ContactOptions>(o => o.DefaultRegion = given));

        Assert.Equal(region, services.GetRequiredService<PhoneNumberNormalizer>().DefaultRegion);
        Assert.NotNull(services.GetRequiredService<ContactService>());
    }

    [Fact]
    public void A_region_that_does_not_exist_is_refused_by_name()
    {
        using var services = Services(s => s.Configure<ContactOptions>(o => o.DefaultRegion = "Brazil"));

        var refused = Assert.Throws<OptionsValidationException>(services.GetRequiredService<PhoneNumberNormalizer>);

        Assert.Contains("'Brazil'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_week_is_the_least_that_unmatched_receipts_are_kept()
    {
        using var services = Services(s => s.Configure<TrackingOptions>(o => (o.UnmatchedRetention, o.OptOutWords) = (TimeSpan.FromDays(6), ["!"])));

        var refused = Assert.Throws<OptionsValidationException>(services.GetRequiredService<InboxProcessor>);

        Assert.Equal(2, refused.Failures.Count());
    }

    private static ServiceProvider Services(Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        services.AddFlowDispatch().UseInMemory();
        configure(services);
        return services.BuildServiceProvider();
    }
}
