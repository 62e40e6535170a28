using System.Net.Http.Json;
using System.Text.Json;

namespace FlowDispatch.CrashRun;

/// <summary>The WhatsApp simulator as a process of its own: it outlives the sample, and its ledger is what really was sent.</summary>
internal sealed class SimulatorHost : IAsyncDisposable
{
    private const int MostMessages = 100_000;

    private readonly ChildProcess _process;
    private readonly JsonClient _control;

    private SimulatorHost(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
        _control = new JsonClient(address);
    }

    public Uri Address { get; }

    public string Output => _process.Output;

    /// <summary>Starts one whose receipts go to <paramref name="sample"/>, again within two seconds where nobody takes them.</summary>
    public static async Task<SimulatorHost> StartAsync(string directory, Uri sample, CancellationToken cancellationToken, int? seed = null)
    {
        var address = new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}/");
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Simulator__CallbackUrl"] = new Uri(sample, "api/v1/webhooks/whatsapp").ToString(),
            ["Simulator__AppSecret"] = SampleHost.AppSecret,
            ["Simulator__JournalPath"] = Path.Combine(directory, $"simulator-{address.Port}.jsonl"),
            ["Simulator__RedeliveryFirst"] = "00:00:00.200",
            ["Simulator__RedeliveryMax"] = "00:00:02",
            ["Logging__LogLevel__FlowDispatch"] = "Error", // that the receiver is away is what this is about
        };
        if (seed is { } given)
        {
            settings["Simulator__Seed"] = JsonSerializer.Serialize(given);
        }

        var simulator = new SimulatorHost(ChildProcess.Start("FlowDispatch.Sample.WhatsAppSimulator.dll", directory, address, "", settings), address);
        try
        {
            await simulator._process.ReadyAsync(SampleHost.Patience, cancellationToken);
            return simulator;
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes it misbehave; members as in its README.</summary>
    public Task BehaveAsync(object behavior, CancellationToken cancellationToken) =>
        _control.SendAsync(HttpMethod.Put, "_simulator/behavior", JsonContent.Create(behavior), cancellationToken);

    public Task<JsonElement> StatsAsync(CancellationToken cancellationToken) => _control.GetAsync("_simulator/stats", cancellationToken);

    /// <summary>Every message that it ever took, in that order.</summary>
    public async Task<IReadOnlyList<TakenMessage>> MessagesAsync(CancellationToken cancellationToken)
    {
        var answer = await _control.GetAsync($"_simulator/messages?limit={MostMessages}", cancellationToken);
        return [.. answer.GetProperty("items").EnumerateArray().Select(m => new TakenMessage(
            m.GetProperty("to").GetString()!.TrimStart('+'), m.GetProperty("accepted_at").GetDateTimeOffset(), m.GetProperty("answer_lost").GetBoolean(),
            m.GetProperty("api_version").GetString()!))];
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
    }
}

/// <summary>A line of the simulator's ledger. Samples that ask for different versions of the API are told apart by <paramref name="ApiVersion"/>.</summary>
internal sealed record TakenMessage(string To, DateTimeOffset At, bool AnswerLost, string ApiVersion);
