using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.AspNetCore.Tests.Requests;

public sealed class StoreOutageTests
{
    public static TheoryData<string> Outages => ["socket", "timeout", "transient", "57P01", "08006", "redis"];

    public static TheoryData<string> Others => ["io", "42P01", "regex"];

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task A_store_out_of_reach_is_unavailable_and_the_caller_is_told_when_to_ask_again(string kind)
    {
        var answer = (await AskAsync(kind)).ExpectProblem(HttpStatusCode.ServiceUnavailable);

        Assert.Equal("5", answer.Headers["Retry-After"]);
        Assert.DoesNotContain("10.0.0.7", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Any_other_failure_of_a_store_stays_an_error_with_its_trace(string kind)
    {
        Assert.NotEqual("", (await AskAsync(kind)).ExpectProblem(HttpStatusCode.InternalServerError)["trace_id"].GetString());
    }

    private static async Task<ApiAnswer> AskAsync(string kind)
    {
        await using var host = await PublicHost.StartAsync(b =>
            b.Services.Configure<FlowDispatchApiOptions>(o => o.ResolveCaller = _ => new("org", "tester", FlowDispatchRole.Viewer)));
        host.Store.Outage = new InvalidOperationException("Asked 10.0.0.7.", Cause(kind));
        return await host.SendAsync("GET", "/api/v1/flows");
    }

    private static Exception Cause(string kind) => kind switch
    {
        "socket" => new SocketException((int)SocketError.ConnectionRefused),
        "timeout" => new TimeoutException(),
        "transient" => new DatabaseError(null, transient: true),
        "redis" => new StackExchange.Redis.RedisConnectionException(),
        "io" => new IOException(),
        "regex" => new RegexMatchTimeoutException(),
        _ => new DatabaseError(kind, transient: false),
    };

    private sealed class DatabaseError(string? state, bool transient) : DbException("10.0.0.7 is away.")
    {
        public override string? SqlState => state;

        public override bool IsTransient => transient;
    }
}
