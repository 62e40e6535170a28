using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FlowDispatch.Store.Conformance.Servers;

/// <summary>A PostgreSQL server of this process's own on a free port of the loopback: everything durable as installed, gone with the process.</summary>
/// <remarks>Its binaries are those of the highest version under <c>/usr/lib/postgresql</c>, else those on the path. Run as root, it lives under the account <c>postgres</c>, since it refuses root.</remarks>
public sealed class PostgresServer : IStoreServer
{
    private static readonly Lazy<Task<PostgresServer>> One = new(() => StartAsync());

    private readonly DirectoryInfo _folder;
    private readonly string _binaries;
    private readonly int _port;

    private PostgresServer(DirectoryInfo folder, string binaries, int port)
    {
        _folder = folder;
        _binaries = binaries;
        _port = port;
    }

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>The one that all tests of a process share; stopped when the process ends.</summary>
    public static Task<PostgresServer> SharedAsync() => One.Value;

    /// <summary>Starts one for a test that stops or restarts it.</summary>
    /// <param name="settings">Lines for its configuration.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("flowdispatch-postgres-");
        var server = new PostgresServer(folder, FindBinaries(), FreePort());
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Remove();
        if (IsRoot)
        {
            await RunAsync("chown", "postgres", folder.FullName);
        }

        await server.AsOwnerAsync("initdb", "-D", server.Data, "-A", "trust", "-U", "flowdispatch", "-E", "UTF8", "--no-locale");
        await File.AppendAllLinesAsync(
            Path.Combine(server.Data, "postgresql.conf"),
            [
                "listen_addresses = '127.0.0.1'",
                string.Create(CultureInfo.InvariantCulture, $"port = {server._port}"),
                "unix_socket_directories = ''",
                "max_connections = 200",
                .. settings,
            ]);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>How a client reaches a database of it.</summary>
    public string Connection(string database = "postgres", string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=flowdispatch;Database={database};{more}");

    /// <summary>Makes a database.</summary>
    public Task CreateAsync(string database, string template = "template0") =>
        RunAsync(Path.Combine(_binaries, "createdb"), "-h", "127.0.0.1", "-p", Port, "-U", "flowdispatch", "-T", template, database);

    /// <inheritdoc />
    public Task StopAsync() => AsOwnerAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    /// <inheritdoc />
    public Task StartAgainAsync() => AsOwnerAsync("pg_ctl", "-D", Data, "-l", Path.Combine(_folder.FullName, "log"), "-w", "start");

    /// <inheritdoc />
    public async Task FreezeAsync()
    {
        // The postmaster first: then there are no more processes to come.
        var postmaster = Postmaster();
        await Signal.SendAsync("STOP", postmaster);
        await Signal.SendAsync("STOP", Children(postmaster));
    }

    /// <inheritdoc />
    public Task ThawAsync()
    {
        var postmaster = Postmaster();
        return Signal.SendAsync("CONT", [.. Children(postmaster), postmaster]);
    }

    public ValueTask DisposeAsync()
    {
        Remove();
        return ValueTask.CompletedTask;
    }

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    private static string FindBinaries()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => double.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            : [];
        return installed.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")))
            ?? throw new InvalidOperationException("PostgreSQL's server is not installed: neither /usr/lib/postgresql nor the path has initdb. ./test.sh installs it.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private int Postmaster() => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    // One process for each connection, and those that write in the background.
    private static int[] Children(int postmaster) =>
        [.. File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    private Task AsOwnerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return IsRoot ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // A server that is started keeps what it inherits, so its output goes nowhere that somebody waits for.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = !arguments.Contains("start"), RedirectStandardOutput = !arguments.Contains("start"), WorkingDirectory = "/" })!;
        var error = process.StartInfo.RedirectStandardError ? process.StandardError.ReadToEndAsync() : Task.FromResult("");
        var output = process.StartInfo.RedirectStandardOutput ? process.StandardOutput.ReadToEndAsync() : Task.FromResult("");
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error} {await output}");
        }
    }

    private void Remove()
    {
        if (!_folder.Exists || !Directory.Exists(_folder.FullName))
        {
            return;
        }

        try
        {
            StopAsync().GetAwaiter().GetResult();
        }
        catch (InvalidOperationException)
        {
            // It was stopped already.
        }

        _folder.Delete(recursive: true);
    }
}
