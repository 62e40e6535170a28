using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FlowDispatch.Store.Conformance.Servers;

/// <summary>A Redis of its own on loopback, with an append-only file in a folder that goes with it. It can be killed and started again.</summary>
public sealed class RedisServer : IStoreServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flowdispatch-redis-");
    private readonly string[] _settings;
    private Process? _process;

    /// <param name="settings">Further settings, like <c>--appendfsync always</c>.</param>
    public RedisServer(params string[] settings)
    {
        _settings = settings;
        Port = FreePort();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
    }

    /// <summary>Where it listens on 127.0.0.1; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>How clients reach it.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts the server, over the data that is there, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server") { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])
            [
                "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "",
                "--appendonly", "yes", "--appendfsync", "everysec", .. _settings.SelectMany(s => s.Split(' ')),
            ])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start.");
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        var began = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"redis-server at port {Port} does not answer.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Ends the server at once, as a failing machine would.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Patience);
        }
    }

    /// <inheritdoc />
    public Task StopAsync()
    {
        Kill();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StartAgainAsync() => StartAsync();

    /// <inheritdoc />
    public Task FreezeAsync() => Signal.SendAsync("STOP", _process!.Id);

    /// <inheritdoc />
    public Task ThawAsync() => Signal.SendAsync("CONT", _process!.Id);

    public async ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        _process = null;

        // What it forked to rewrite its file is killed with it, and may be writing for a moment longer.
        for (var began = Stopwatch.GetTimestamp(); Directory.Exists(_folder.FullName);)
        {
            try
            {
                _folder.Delete(recursive: true);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    // A cluster's nodes talk over the port 10,000 above, which must be free as well.
    private static int FreePort()
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = (((IPEndPoint)probe.LocalEndpoint).Port % 30_000) + 10_000;
            if (IsFree(port) && IsFree(port + 10_000))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            using var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            using var reader = new StreamReader(stream);
            return await reader.ReadLineAsync() == "+PONG"; // while it reads its file it answers -LOADING
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            return false;
        }
    }
}
