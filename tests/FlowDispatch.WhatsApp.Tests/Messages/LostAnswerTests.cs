using System.Net;
using System.Net.Sockets;
using FlowDispatch.Sending;
using Microsoft.Extensions.DependencyInjection;
using static FlowDispatch.WhatsApp.Tests.ProviderServer;

namespace FlowDispatch.WhatsApp.Tests.Messages;

public sealed class LostAnswerTests
{
    private static readonly TimeSpan AttemptTimeout = new WhatsAppOptions().AttemptTimeout;

    [Theory]
    [InlineData(Then.Close)]
    [InlineData(Then.Reset)]
    public async Task A_connection_that_ends_after_the_request_leaves_one_message_in_doubt(object then)
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Nothing((Then)then) };
        await using var host = new Host(server.Address);

        Assert.IsType<SendResult.InDoubt>(await host.SendAsync());
        Assert.Equal(1, server.Count);
    }

    [Theory]
    [InlineData(Then.Close)]
    [InlineData(Then.Reset)]
    public async Task A_reused_connection_that_ends_does_not_send_twice(object then)
    {
        var requests = 0;
        await using var server = new ProviderServer
        {
            Answers = _ => Interlocked.Increment(ref requests) == 1 ? Answer.Json(200, Sample.Text("response.ok")) : Answer.Nothing((Then)then),
        };
        await using var host = new Host(server.Address);
        await host.SendAsync();

        Assert.IsType<SendResult.InDoubt>(await host.SendAsync());
        Assert.Equal(2, server.Count);
    }

    [Theory]
    [InlineData(Then.Close)]
    [InlineData(Then.Reset)]
    public async Task A_success_that_breaks_off_is_in_doubt(object then)
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Half(200, Sample.Text("response.ok"), (Then)then) };
        await using var host = new Host(server.Address);

        Assert.IsType<SendResult.InDoubt>(await host.SendAsync());
        Assert.Equal(1, server.Count);
    }

    [Fact]
    public async Task A_refusal_that_breaks_off_is_tried_again_later()
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Half(400, Sample.Text("response.error"), Then.Close) };
        await using var host = new Host(server.Address);

        Assert.Equal("http_400", Assert.IsType<SendResult.Failed>(await host.SendAsync()).Code);
    }

    [Fact]
    public async Task A_failing_server_that_breaks_off_is_in_doubt()
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Half(500, Sample.Text("response.error"), Then.Close) };
        await using var host = new Host(server.Address);

        Assert.IsType<SendResult.InDoubt>(await host.SendAsync());
    }

    [Fact]
    public async Task No_answer_within_the_attempts_time_is_in_doubt()
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Nothing(Then.Hang) };
        await using var host = new Host(server.Address);
        var sending = host.SendAsync();
        await server.NextRequestAsync();

        host.Clock.Advance(AttemptTimeout);

        Assert.IsType<SendResult.InDoubt>(await sending);
        Assert.Equal(1, server.Count);
    }

    [Fact]
    public async Task Half_an_answer_within_the_attempts_time_is_in_doubt()
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Half(200, Sample.Text("response.ok"), Then.Hang) };
        await using var host = new Host(server.Address);
        var sending = host.SendAsync();
        await server.NextRequestAsync();

        host.Clock.Advance(AttemptTimeout);

        Assert.IsType<SendResult.InDoubt>(await sending);
    }

    [Fact]
    public async Task A_refused_connection_was_never_a_send()
    {
        await using var host = new Host(AddressThatRefuses());

        Assert.Equal("not_connected", Assert.IsType<SendResult.Failed>(await host.SendAsync()).Code);
    }

    [Fact]
    public async Task A_server_that_speaks_no_tls_was_never_sent_to()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var host = new Host($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        var sending = host.SendAsync();

        (await listener.AcceptSocketAsync(TestContext.Current.CancellationToken)).Dispose();

        Assert.IsType<SendResult.Failed>(await sending);
    }

    [Fact]
    public async Task Running_out_of_time_while_connecting_was_never_a_send()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var host = new Host($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        var sending = host.SendAsync();
        using var silent = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        host.Clock.Advance(AttemptTimeout);

        Assert.Equal("not_connected", Assert.IsType<SendResult.Failed>(await sending).Code);
    }

    [Fact]
    public async Task A_host_that_stops_before_anything_left_loses_no_attempt()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address);

        var result = await host.Sender.SendAsync(Some.Message(), new CancellationToken(canceled: true));

        Assert.Equal(new SendResult.Throttled("cancelled", TimeSpan.Zero), result);
        Assert.Equal(0, server.Count);
    }

    [Fact]
    public async Task A_host_that_stops_while_connecting_loses_no_attempt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var host = new Host($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        using var stop = new CancellationTokenSource();
        var sending = host.Sender.SendAsync(Some.Message(), stop.Token);
        using var silent = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        Assert.Equal(new SendResult.Throttled("cancelled", TimeSpan.Zero), await sending);
    }

    [Fact]
    public async Task A_host_that_stops_waiting_for_an_answer_leaves_the_message_in_doubt()
    {
        await using var server = new ProviderServer { Answers = _ => Answer.Nothing(Then.Hang) };
        await using var host = new Host(server.Address);
        using var stop = new CancellationTokenSource();
        var sending = host.Sender.SendAsync(Some.Message(), stop.Token);
        await server.NextRequestAsync();

        await stop.CancelAsync();

        Assert.IsType<SendResult.InDoubt>(await sending);
    }

    [Fact]
    public async Task A_handler_that_retries_for_every_client_of_the_host_does_not_reach_ours()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address, more: s => s.ConfigureHttpClientDefaults(c => c.AddHttpMessageHandler(() => new RepeatingHandler())));

        Assert.IsType<SendResult.Accepted>(await host.SendAsync());
        Assert.Equal(1, server.Count);
    }

    [Fact]
    public async Task A_handler_that_retries_on_our_client_still_sends_once()
    {
        await using var server = new ProviderServer();
        await using var host = new Host(server.Address, more: s => s.AddHttpClient("FlowDispatch.WhatsApp").AddHttpMessageHandler(() => new RepeatingHandler()));

        Assert.IsType<SendResult.InDoubt>(await host.SendAsync());
        Assert.Equal(1, server.Count);
    }

    internal static string AddressThatRefuses()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private sealed class RepeatingHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
