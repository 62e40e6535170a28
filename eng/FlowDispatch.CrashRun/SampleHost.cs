using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FlowDispatch.CrashRun;

/// <summary>The sample host as a process that can be killed and started again, and its HTTP API.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    public const string AppSecret = "crash-run-secret";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _directory;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly JsonClient _api;
    private ChildProcess? _ready;

    /// <param name="directory">Where it works; throw-away.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="settings">Its configuration, as environment variables.</param>
    public SampleHost(string directory, Uri address, IReadOnlyDictionary<string, string> settings)
    {
        _directory = directory;
        _settings = settings;
        Address = address;
        _api = new JsonClient(new Uri(address, "api/v1/"));
        Process = Begin([]);
    }

    public Uri Address { get; }

    /// <summary>The process that runs now or ran last.</summary>
    public ChildProcess Process { get; private set; }

    /// <summary>What a sample needs to send through <paramref name="simulator"/>.</summary>
    public static Dictionary<string, string> SendingThrough(Uri simulator, int messagesPerSecond) => new(StringComparer.Ordinal)
    {
        ["WhatsApp__BaseUrl"] = simulator.ToString().TrimEnd('/'),
        ["WhatsApp__AppSecret"] = AppSecret,
        ["WhatsApp__VerifyToken"] = AppSecret,
        ["WhatsApp__Numbers__0__Id"] = "number",
        ["WhatsApp__Numbers__0__PhoneNumberId"] = "111222333444555",
        ["WhatsApp__Numbers__0__AccessToken"] = "simulated",
        ["WhatsApp__Numbers__0__MessagesPerSecond"] = messagesPerSecond.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Starts it again; what still runs is killed.</summary>
    /// <param name="changes">Settings that differ this time.</param>
    public async Task RestartAsync(params (string Key, string Value)[] changes)
    {
        await Process.DisposeAsync();
        Process = Begin(changes);
    }

    /// <summary>Waits until the process that was started last serves; at once if it was found to before.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        if (_ready != Process)
        {
            await Process.ReadyAsync(Patience, cancellationToken);
            _ready = Process;
        }
    }

    /// <summary>Whether it says that it can serve: its store is reachable.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _api.TextAsync("/health/ready", cancellationToken);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => _api.GetAsync(path, cancellationToken);

    public Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellationToken) => _api.PostAsync(path, body, cancellationToken);

    /// <summary>Uploads so many made-up people, starting with number <paramref name="first"/>, and returns the upload's id.</summary>
    public async Task<string> UploadAsync(int people, CancellationToken cancellationToken, int first = 0)
    {
        var csv = new StringBuilder("phone,name\n");
        for (var person = first; person < first + people; person++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"551190{person:0000000},Person {person}\n");
        }

        using var body = new StringContent(csv.ToString(), Encoding.UTF8);
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        var upload = await _api.SendAsync(HttpMethod.Post, "uploads", body, cancellationToken);
        var accepted = upload.GetProperty("accepted").GetInt32();
        return accepted == people ? upload.GetProperty("id").GetString()! : throw new InvalidOperationException($"Of {people} people {accepted} were accepted: {upload}");
    }

    /// <summary>Makes a one-message automation over the upload and starts it; returns the execution's id.</summary>
    public async Task<string> StartAsync(string upload, CancellationToken cancellationToken, int? messagesPerHour = null, int slots = 50)
    {
        var flow = await PostAsync(
            "flows",
            new
            {
                name = "One message",
                nodes = new object[]
                {
                    new { id = "start", type = "start", next = "say" },
                    new { id = "say", type = "template", template = new { name = "hello", language = "pt_BR", parameters = new { name = "{{name}}" } }, next = "end" },
                    new { id = "end", type = "end" },
                },
            },
            cancellationToken);
        var automation = await PostAsync(
            "flow-automations",
            new
            {
                name = "One message",
                flow_id = flow.GetProperty("id").GetString(),
                whatsapp_number_id = "number",
                audience_type = "uploaded",
                audience_config = new { upload_id = upload },
                variable_mapping = new { name = "{{contact.name}}" },
                rate_limit_per_hour = messagesPerHour,
                max_concurrent_executions = slots,
                max_retries = 10,
            },
            cancellationToken);
        var execution = await PostAsync($"flow-automations/{automation.GetProperty("id").GetString()}/start", new { }, cancellationToken);
        return execution.GetProperty("id").GetString()!;
    }

    /// <summary>Number and status of every recipient.</summary>
    public async Task<IReadOnlyList<(string Number, string Status)>> RecipientsAsync(string execution, CancellationToken cancellationToken)
    {
        var lines = await _api.TextAsync($"executions/{execution}/export?format=ndjson", cancellationToken);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
            .Select(r => (r.GetProperty("phone_number").GetString()!, r.GetProperty("status").GetString()!))];
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await Process.DisposeAsync();
    }

    private ChildProcess Begin(IEnumerable<(string Key, string Value)> changes)
    {
        var settings = new Dictionary<string, string>(_settings, StringComparer.Ordinal);
        foreach (var (key, value) in changes)
        {
            settings[key] = value;
        }

        return ChildProcess.Start("FlowDispatch.Sample.WebApi.dll", _directory, Address, "", settings);
    }
}
