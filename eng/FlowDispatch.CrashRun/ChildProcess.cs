using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace FlowDispatch.CrashRun;

/// <summary>A program of this repository as a process of its own, with what it prints, and the signals that end it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 2_000;

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _output = new();

    private ChildProcess(Process process) => _process = process;

    /// <summary>The last lines that it printed.</summary>
    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Starts <paramref name="program"/>, a dll beside this one, listening at <paramref name="address"/>.</summary>
    public static ChildProcess Start(string program, string directory, Uri address, string arguments, IEnumerable<KeyValuePair<string, string>> environment) => Start(
        "dotnet", directory, $"exec \"{Path.Combine(AppContext.BaseDirectory, program)}\" {arguments}", [new("ASPNETCORE_URLS", address.ToString()), .. environment]);

    /// <summary>Starts any program, by its name on the path.</summary>
    public static ChildProcess Start(string program, string directory, string arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = new Process { StartInfo = start };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, line) => child.Hear(line.Data);
        process.ErrorDataReceived += (_, line) => child.Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Reads on until a line holds <paramref name="text"/>.</summary>
    /// <exception cref="InvalidOperationException">It ended, or <paramref name="patience"/> did, without such a line.</exception>
    public async Task<string> UntilAsync(string text, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Told below, with what was printed instead.
        }

        throw new InvalidOperationException($"\"{text}\" was never printed. Printed was:\n{Output}");
    }

    public Task ReadyAsync(TimeSpan patience, CancellationToken cancellationToken) => UntilAsync("Application started", patience, cancellationToken);

    /// <summary>SIGKILL: nothing is finished, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, as a deployment ends a process; returns at once.</summary>
    public async Task TerminateAsync()
    {
        using var signal = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        await signal.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"It did not end within {patience}. Printed was:\n{Output}", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            // One of its two streams has ended; so has, or will at once, the process.
            _lines.Writer.TryComplete();
            return;
        }

        _output.Enqueue(line);
        while (_output.Count > KeptLines)
        {
            _output.TryDequeue(out _);
        }

        _lines.Writer.TryWrite(line);
    }
}
