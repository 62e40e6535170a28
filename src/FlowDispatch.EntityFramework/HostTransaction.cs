using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework;

/// <summary>Which context's transaction the present flow of control shares.</summary>
internal static class HostTransaction
{
    private static readonly AsyncLocal<DbContext?> Shared = new();

    public static DbContext? Current => Shared.Value;

    public static IDisposable Share(DbContext context)
    {
        var before = Shared.Value;
        Shared.Value = context;
        return new Sharing(before);
    }

    private sealed class Sharing(DbContext? before) : IDisposable
    {
        public void Dispose() => Shared.Value = before;
    }
}
