namespace FlowDispatch.Sample.Tests;

/// <summary>An empty directory that goes when the test does.</summary>
internal sealed class WorkingDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flow-dispatch-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
