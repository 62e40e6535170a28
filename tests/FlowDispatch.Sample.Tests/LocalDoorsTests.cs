using System.Net;
using System.Net.Http.Headers;
using FlowDispatch.CrashRun;

namespace FlowDispatch.Sample.Tests;

/// <summary>What the sample serves to other machines. A foreign Host header stands for one: both make a request one that is not from here.</summary>
public sealed class LocalDoorsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_tokens_nothing_but_health_is_for_others()
    {
        using var directory = new WorkingDirectory();
        await using var host = await StartAsync(directory, []);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, "simulator/_simulator/stats", local: false));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, "Simulator/_SIMULATOR/behavior", local: false));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, "openapi/v1.json", local: false));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, "api/v1/flows", local: false));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, "health/ready", local: false));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, "simulator/_simulator/stats", local: true));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, "openapi/v1.json", local: true));
    }

    [Fact]
    public async Task With_tokens_the_simulators_control_is_for_this_machine_and_for_admins()
    {
        using var directory = new WorkingDirectory();
        await using var host = await StartAsync(directory, [.. Token(0, "boss", "admin"), .. Token(1, "clerk", "operator")]);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, "simulator/_simulator/stats", local: false));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, "simulator/_simulator/stats", local: false, token: "clerk"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, "simulator/_simulator/stats", local: false, token: "boss"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, "simulator/_simulator/stats", local: true));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, "openapi/v1.json", local: false));
    }

    private static async Task<SampleHost> StartAsync(WorkingDirectory directory, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var host = new SampleHost(directory.Path, new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}/"), new Dictionary<string, string>(settings, StringComparer.Ordinal));
        await host.Process.ReadyAsync(Patience, Cancellation);
        return host;
    }

    private static IEnumerable<KeyValuePair<string, string>> Token(int at, string token, string role) =>
    [
        new($"Auth__Tokens__{at}__Token", token), new($"Auth__Tokens__{at}__OrganizationId", "org"), new($"Auth__Tokens__{at}__Role", role),
    ];

    private static async Task<HttpStatusCode> AskAsync(SampleHost host, string path, bool local, string? token = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, path));
        request.Headers.Host = local ? null : "sample.example.com";
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
