using System.Net;
using System.Net.Sockets;
using FlowDispatch.Contacts;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Nodes;
using FlowDispatch.Sample.Auth;
using FlowDispatch.Sample.Demo;
using FlowDispatch.Sample.Simulator;
using FlowDispatch.WhatsApp;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.Sample.Hosting;

/// <summary>The sample's configuration, with its defaults: SQLite under ./data, and the bundled simulator as the provider.</summary>
internal sealed class SampleSettings
{
    private const string DefaultUrl = "http://127.0.0.1:5080";
    private const string SimulatorSecret = "flowdispatch-test-secret";

    private readonly IConfiguration _configuration;
    private readonly bool _demo;

    public SampleSettings(IConfiguration configuration, bool demo)
    {
        _configuration = configuration;
        _demo = demo;
        Urls = [.. (configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls ? urls : DefaultUrl)
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(WithPort)];
        BaseAddress = Reachable(Urls.FirstOrDefault(u => u.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) ?? Urls[0]);
    }

    /// <summary>What the host listens on.</summary>
    public string[] Urls { get; }

    /// <summary>Where this process reaches itself.</summary>
    public Uri BaseAddress { get; }

    /// <summary>True where no provider is configured.</summary>
    public bool UsesSimulator => string.IsNullOrEmpty(_configuration["WhatsApp:BaseUrl"]);

    public void Bind(HostOptions host)
    {
        host.ShutdownTimeout = TimeSpan.FromSeconds(30); // a send may take that long; what is unanswered then is in doubt
        _configuration.GetSection("HostOptions").Bind(host);
    }

    public void Bind(NodeOptions node)
    {
        if (_demo)
        {
            // A demonstration that was killed should go on while one watches.
            node.LeaseDuration = TimeSpan.FromSeconds(5);
            node.InDoubtGracePeriod = TimeSpan.FromSeconds(15);
            node.InDoubtDeadline = TimeSpan.FromSeconds(30);
        }

        _configuration.GetSection("Dispatch").Bind(node);
    }

    public void Bind(WhatsAppOptions options)
    {
        _configuration.GetSection("WhatsApp").Bind(options);
        if (!UsesSimulator)
        {
            return;
        }

        options.BaseUrl = new Uri(BaseAddress, "simulator").ToString();
        options.AppSecret ??= SimulatorSecret;
        options.VerifyToken ??= SimulatorSecret;
        if (options.Numbers.Count == 0)
        {
            options.Numbers.Add(new()
            {
                Id = "demo-number",
                PhoneNumberId = "111222333444555",
                AccessToken = "simulated",
                DisplayName = "+1 555 010 0999",
                OrganizationId = TokenAuthentication.DefaultOrganization,
                MessagesPerSecond = 80,
            });
        }
    }

    public void Bind(WhatsAppSimulatorOptions options)
    {
        options.JournalPath = Path.Combine("data", "whatsapp-simulator.jsonl");
        options.NextFreeJournal = true; // several of these hosts may run in one directory
        if (_demo)
        {
            options.Behavior = DemoProvider.Behavior;
        }

        _configuration.GetSection("Simulator").Bind(options);
        options.AppSecret = _configuration["WhatsApp:AppSecret"] ?? SimulatorSecret;
        options.CallbackUrl = new Uri(BaseAddress, "api/v1/webhooks/whatsapp");
    }

    public void Bind(IServiceCollection services) =>
        services.Configure<ContactOptions>(o =>
        {
            o.DefaultRegion = "BR";
            _configuration.GetSection("Contacts").Bind(o);
        });

    /// <summary>Chooses the store by <c>Storage:Provider</c>.</summary>
    /// <exception cref="InvalidOperationException">There is no such store in this version.</exception>
    public void UseStore(FlowDispatchBuilder builder)
    {
        var provider = _configuration["Storage:Provider"] ?? "Sqlite";
        switch (provider.ToUpperInvariant())
        {
            case "SQLITE":
                var connection = _configuration["Storage:ConnectionString"] is { Length: > 0 } given ? given : "Data Source=data/flow-dispatch.db";
                CreateFolder(connection);
                builder.UseEntityFramework(db => db.UseSqlite(connection));
                break;
            case "POSTGRESQL":
                builder.UseEntityFramework(db => db.UseNpgsql(_configuration["Storage:ConnectionString"] is { Length: > 0 } server ? server
                    : throw new InvalidOperationException("Storage:Provider is PostgreSql, which needs Storage:ConnectionString, like Host=localhost;Database=flowdispatch;Username=….")));
                break;
            case "REDIS":
                builder.UseRedis(options =>
                {
                    options.Configuration = _configuration["Storage:ConnectionString"] is { Length: > 0 } redis ? redis : "127.0.0.1:6379";
                    options.AcknowledgingReplicas = _configuration.GetValue("Storage:AcknowledgingReplicas", options.AcknowledgingReplicas);
                });
                break;
            case "MEMORY":
                builder.UseInMemory();
                break;
            default:
                throw new InvalidOperationException($"Storage:Provider is {provider}; this version has Sqlite, PostgreSql, Redis and Memory.");
        }
    }

    private static void CreateFolder(string connection)
    {
        var file = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(connection).DataSource;
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { Length: > 0 } folder && !file.StartsWith(':'))
        {
            Directory.CreateDirectory(folder);
        }
    }

    // Port 0 means "any free one". The simulator and the demonstration must know it before the host listens.
    private static string WithPort(string url)
    {
        var address = BindingAddress.Parse(url);
        if (address.Port != 0)
        {
            return url;
        }

        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"{address.Scheme}://{address.Host}:{((IPEndPoint)probe.LocalEndpoint).Port}";
    }

    private static Uri Reachable(string url)
    {
        var address = BindingAddress.Parse(url);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" or "localhost" ? "127.0.0.1" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}/");
    }
}
