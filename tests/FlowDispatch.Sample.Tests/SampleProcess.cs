using System.Diagnostics;
using System.Text.Json;
using FlowDispatch.CrashRun;

namespace FlowDispatch.Sample.Tests;

/// <summary>The sample host as a user runs it: a process of its own, in an empty working directory, with the bundled simulator.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ChildProcess _process;

    private SampleProcess(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
        Http = new HttpClient { BaseAddress = new Uri(address, "api/v1/") };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public static int FreePort() => ChildProcess.FreePort();

    public static SampleProcess Start(string directory, int port, string arguments = "")
    {
        var address = new Uri($"http://127.0.0.1:{port}/");
        return new(ChildProcess.Start("FlowDispatch.Sample.WebApi.dll", directory, address, arguments, []), address);
    }

    /// <summary>Reads on until a line holds <paramref name="text"/>.</summary>
    public Task<string> UntilAsync(string text) => _process.UntilAsync(text, Patience, TestContext.Current.CancellationToken);

    public Task ReadyAsync() => _process.ReadyAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Asks again until the answer holds.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> holds)
    {
        var started = Stopwatch.GetTimestamp();
        JsonElement answer;
        do
        {
            answer = await GetAsync(path);
            if (holds(answer))
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        while (Stopwatch.GetElapsedTime(started) < Patience);

        throw new InvalidOperationException($"{path} never came to hold; it is {answer}.\n{_process.Output}");
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {body}");
        return JsonElement.Parse(body);
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>SIGKILL: nothing is finished, nothing is said.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}
