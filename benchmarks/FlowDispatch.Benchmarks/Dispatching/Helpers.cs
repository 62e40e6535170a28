using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>Further processes that take part in a run: each <c>join</c> of its own, told what to do by lines.</summary>
/// <param name="starts">How each is started.</param>
internal sealed class Helpers(IReadOnlyList<ProcessStartInfo> starts) : IDisposable
{
    private readonly List<Process> _processes = [];

    /// <summary>So many that join the store's run.</summary>
    public static Helpers Of(BenchmarkStore store, int count, int concurrency, TimeSpan latency) => new([.. Enumerable.Range(0, count).Select(_ => new ProcessStartInfo(
        "dotnet",
        [
            "exec", Assembly.GetExecutingAssembly().Location, "join", "--store", store.Name, "--connection", store.Connection, "--place", store.Place,
            "--concurrency", concurrency.ToString(CultureInfo.InvariantCulture), "--latency-ms", latency.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        ])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })]);

    /// <summary>Starts them, and waits until each is warm and takes part.</summary>
    public async Task JoinAsync()
    {
        foreach (var start in starts)
        {
            _processes.Add(Process.Start(start)!);
        }

        foreach (var process in _processes)
        {
            if (await process.StandardOutput.ReadLineAsync() != JoinCommand.Ready)
            {
                throw new InvalidMeasureException("A process that was to take part did not come up; what it says is above.");
            }
        }
    }

    /// <summary>Lets them claim.</summary>
    public void Go() => _processes.ForEach(p => p.StandardInput.WriteLine());

    /// <summary>Lets them end, and gathers what each did.</summary>
    public async Task<IReadOnlyList<JoinedResult>> EndAsync()
    {
        Go();
        var results = new List<JoinedResult>();
        foreach (var process in _processes)
        {
            results.Add(JsonSerializer.Deserialize<JoinedResult>(await process.StandardOutput.ReadToEndAsync(), JsonLine.Options)!);
        }

        return results;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }
    }
}
