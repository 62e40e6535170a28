using System.Text.Json;
using FlowDispatch.CrashRun;

namespace FlowDispatch.Sample.Tests;

/// <summary>How the sample starts: several at once, in one directory.</summary>
public sealed class StartTests
{
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

    private static SampleHost Host(WorkingDirectory directory)
    {
        var settings = SampleHost.SendingThrough(new Uri("http://127.0.0.1/"), messagesPerSecond: 80);
        settings.Remove("WhatsApp__BaseUrl"); // the bundled simulator
        return new(directory.Path, Address(), settings);
    }

    private static Uri Address() => new($"http://127.0.0.1:{ChildProcess.FreePort()}/");

    private static async Task<int> AcceptedAsync(SampleHost host)
    {
        using var http = new HttpClient();
        return JsonElement.Parse(await http.GetStringAsync(new Uri(host.Address, "simulator/_simulator/stats"), Cancellation)).GetProperty("accepted").GetInt32();
    }
}
