using System.Diagnostics;
using System.Globalization;

namespace FlowDispatch.Store.Conformance.Servers;

/// <summary>Signals to processes that this one started.</summary>
internal static class Signal
{
    /// <summary>Sends a signal, like <c>STOP</c>; a process that is gone already is left out.</summary>
    public static async Task SendAsync(string name, params int[] processes)
    {
        var ids = string.Join(' ', processes.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        using var kill = Process.Start("sh", ["-c", $"for id in {ids}; do kill -{name} $id 2>/dev/null; done; true"]);
        await kill.WaitForExitAsync();
    }
}
