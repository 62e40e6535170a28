using System.Text.Json;
using FlowDispatch.CrashRun;

namespace FlowDispatch.Sample.Tests;

/// <summary>How the sample starts: several at once, in one directory, and not at all with settings that can't be meant.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_started_at_once_in_one_directory_serve_and_send_each_through_its_own_simulator()
    {
        const int People = 60;
        using var directory = new WorkingDirectory();
        await using var first = Host(directory);
        await using var second = Host(directory);
        await Task.WhenAll(first.ReadyAsync(Cancellation), second.ReadyAsync(Cancellation));

        var execution = await second.StartAsync(await first.UploadAsync(People, Cancellation), Cancellation, slots: 20);
        await SeparateProvider.UntilAsync(
            first, () => first.GetAsync($"executions/{execution}", Cancellation), e => e.GetProperty("status").GetString() == "completed", "everybody is sent to");

        var taken = await AcceptedAsync(first) + await AcceptedAsync(second);
        Assert.Equal(People, taken);
        Assert.Single(new[] { first, second }, h => h.Process.Output.Contains("Another process keeps", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Role", "superuser", "Auth:Tokens:0:Role is superuser; it must be viewer, operator or admin.")]
    [InlineData("Role", "2", "Auth:Tokens:0:Role is 2; it must be viewer, operator or admin.")]
    [InlineData("Token", " ", "Auth:Tokens:0:Token is missing;")]
    [InlineData("OrganizationId", "", "Auth:Tokens:0:OrganizationId is missing;")]
    public async Task A_token_that_can_not_be_meant_ends_the_start_and_names_its_key(string key, string value, string message)
    {
        using var directory = new WorkingDirectory();
        var settings = Token("secret", "operator");
        settings[$"Auth__Tokens__0__{key}"] = value;
        await using var host = new SampleHost(directory.Path, Address(), settings);

        Assert.NotEqual(0, await host.Process.ExitAsync(Patience, Cancellation));

        await host.Process.UntilAsync(message, Patience, Cancellation);
    }

    private static SampleHost Host(WorkingDirectory directory)
    {
        var settings = SampleHost.SendingThrough(new Uri("http://127.0.0.1/"), messagesPerSecond: 80);
        settings.Remove("WhatsApp__BaseUrl"); // the bundled simulator
        return new(directory.Path, Address(), settings);
    }

    private static Dictionary<string, string> Token(string token, string role) => new(StringComparer.Ordinal)
    {
        ["Auth__Tokens__0__Token"] = token,
        ["Auth__Tokens__0__OrganizationId"] = "org",
        ["Auth__Tokens__0__Role"] = role,
    };

    private static Uri Address() => new($"http://127.0.0.1:{ChildProcess.FreePort()}/");

    private static async Task<int> AcceptedAsync(SampleHost host)
    {
        using var http = new HttpClient();
        return JsonElement.Parse(await http.GetStringAsync(new Uri(host.Address, "simulator/_simulator/stats"), Cancellation)).GetProperty("accepted").GetInt32();
    }
}
