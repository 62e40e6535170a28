using FlowDispatch.Sending;
using static FlowDispatch.WhatsApp.Tests.ProviderServer;

namespace FlowDispatch.WhatsApp.Tests.Messages;

public sealed class CircuitTests
{
    private const int MinimumSends = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_number_that_cannot_connect_pauses_without_costing_attempts()
    {
        await using var host = new Host(LostAnswerTests.AddressThatRefuses(), Quick);

        await OpenAsync<SendResult.Failed>(host);

        Assert.Equal(new SendResult.Throttled("circuit_open", Pause), await host.SendAsync());
        Assert.Contains(host.Logs.Lines, l => l.Id == 4003);
    }

    [Fact]
    public async Task The_wait_is_what_remains_of_the_pause()
    {
        await using var host = new Host(LostAnswerTests.AddressThatRefuses(), Quick);
        await OpenAsync<SendResult.Failed>(host);

        host.Clock.Advance(TimeSpan.FromSeconds(10));

        var wait = Assert.IsType<SendResult.Throttled>(await host.SendAsync()).RetryAfter;
        Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Unanswered_sends_open_it_so_that_an_outage_leaves_few_in_doubt()
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Nothing(Then.Close) };
        await using var host = new Host(server.Address, Quick);

        await OpenAsync<SendResult.InDoubt>(host);

        Assert.IsType<SendResult.Throttled>(await host.SendAsync());
        Assert.Equal(MinimumSends, server.Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(131016)]
    [InlineData(133004)]
    public async Task A_provider_that_says_it_is_down_opens_it(int code)
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Error(code, 503) };
        await using var host = new Host(server.Address, Quick);

        await OpenAsync<SendResult.Failed>(host);

        Assert.IsType<SendResult.Throttled>(await host.SendAsync());
    }

    [Theory]
    [InlineData(131026)]
    [InlineData(131056)]
    [InlineData(190)]
    [InlineData(130429)]
    public async Task Refusals_leave_it_closed(int code)
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Error(code) };
        await using var host = new Host(server.Address, Quick);

        for (var i = 0; i < 3 * MinimumSends; i++)
        {
            await host.SendAsync();
        }

        Assert.Equal(3 * MinimumSends, server.Count);
    }

    [Fact]
    public async Task One_numbers_trouble_does_not_pause_another()
    {
        await using var server = new ProviderServer
        {
            Answers = r => r.Line.Contains(Sample.PhoneNumberId, StringComparison.Ordinal) ? Answer.Nothing(Then.Close) : Answer.Json(200, Sample.Text("response.ok")),
        };
        await using var host = new Host(server.Address, Quick);
        await OpenAsync<SendResult.InDoubt>(host);

        Assert.IsType<SendResult.Accepted>(await host.SendAsync(Some.Message(channel: "desk")));
        Assert.IsType<SendResult.Throttled>(await host.SendAsync());
    }

    [Fact]
    public async Task After_the_pause_one_send_finds_out_whether_the_provider_is_back()
    {
        var up = false;
        await using var server = new ProviderServer { Answers = _ => up ? Answer.Json(200, Sample.Text("response.ok")) : Answer.Nothing(Then.Close) };
        await using var host = new Host(server.Address, Quick);
        await OpenAsync<SendResult.InDoubt>(host);
        up = true;

        host.Clock.Advance(Pause);

        Assert.IsType<SendResult.Accepted>(await host.SendAsync());
        Assert.IsType<SendResult.Accepted>(await host.SendAsync());
        Assert.Contains(host.Logs.Lines, l => l.Id == 4004);
    }

    private static void Quick(WhatsAppOptions options) => options.Circuit.MinimumSends = MinimumSends;

    private static async Task OpenAsync<TResult>(Host host)
    {
        for (var i = 0; i < MinimumSends; i++)
        {
            Assert.IsType<TResult>(await host.SendAsync());
        }
    }
}
