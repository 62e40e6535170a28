using System.Globalization;

namespace FlowDispatch.Nodes;

/// <summary>How this process is called in leases and logs; another at every start.</summary>
internal sealed class NodeName(TimeProvider time)
{
    public string Value { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.CreateVersion7(time.GetUtcNow()):N}");
}
