using System.Text.Json;

namespace FlowDispatch.Sample.Simulator.Tests;

/// <summary>A folder for the journal and what the tests share.</summary>
public abstract class SimulatorTest : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simulator-tests-");

    protected string Journal => Path.Combine(_folder.FullName, "nested", "journal.jsonl");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected static string? Name(JsonElement status) => status.GetProperty("status").GetString();

    private protected static string? Id(JsonElement status) => status.GetProperty("id").GetString();

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
