using System.Transactions;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework;

/// <summary>What the present flow of control shares with a host's transaction: what a context was asked to share, and nothing else.</summary>
internal static class HostTransaction
{
    private static readonly AsyncLocal<DbContext?> Shared = new();

    public static DbContext? Current => Shared.Value;

    /// <summary>Shares a context's transaction until it is disposed of; with null none, whatever was shared before.</summary>
    public static IDisposable Share(DbContext? context)
    {
        var before = Shared.Value;
        Shared.Value = context;
        return new Sharing(before);
    }

    /// <summary>
    /// Keeps a host's <see cref="TransactionScope"/> out until it is disposed of; null where there is none. Our connections
    /// serve other flows of control next, and would stay in the scope that one was opened in.
    /// </summary>
    public static TransactionScope? Apart() =>
        Transaction.Current is null ? null : new(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);

    private sealed class Sharing(DbContext? before) : IDisposable
    {
        public void Dispose() => Shared.Value = before;
    }
}
