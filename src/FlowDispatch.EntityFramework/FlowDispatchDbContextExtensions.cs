using FlowDispatch.EntityFramework;

namespace Microsoft.EntityFrameworkCore; // where a context's members are

/// <summary>Makes FlowDispatch's writes part of a host's own transaction.</summary>
public static class FlowDispatchDbContextExtensions
{
    /// <summary>Until it is disposed of, what FlowDispatch writes in this flow of control is part of the context's transaction: it stands when that commits, and nothing is left when that rolls back. On PostgreSQL alone.</summary>
    /// <remarks>
    /// For an execution that begins with what the host does, or not at all:
    /// <code>
    /// await using var transaction = await db.Database.BeginTransactionAsync();
    /// db.Orders.Add(order);
    /// await db.SaveChangesAsync();
    /// using (db.ShareTransactionWithFlowDispatch())
    /// {
    ///     await starter.StartAsync(…);
    /// }
    /// await transaction.CommitAsync();
    /// </code>
    /// Keep it short, since others wait for the rows it holds. What is read meanwhile is read as others see it, and the
    /// context's change tracker is left alone. A <see cref="System.Transactions.TransactionScope"/> is never shared.
    /// </remarks>
    /// <param name="context">A context on FlowDispatch's own PostgreSQL database with a transaction; any context, not only the one that has its tables.</param>
    /// <exception cref="InvalidOperationException">The context has no transaction.</exception>
    /// <exception cref="NotSupportedException">The context is not on PostgreSQL; SQLite has one writer, which FlowDispatch's own connection is.</exception>
    public static IDisposable ShareTransactionWithFlowDispatch(this DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Database.ProviderName != "Npgsql.EntityFrameworkCore.PostgreSQL")
        {
            throw new NotSupportedException(
                $"{context.GetType().Name} is on {context.Database.ProviderName}, where FlowDispatch writes on a connection of its own: sharing a transaction needs PostgreSQL. Commit first and start the execution after that, under an idempotency key, so that it can be started again if the process dies between.");
        }

        return context.Database.CurrentTransaction is null
            ? throw new InvalidOperationException("The context has no transaction; begin one with Database.BeginTransactionAsync() first.")
            : HostTransaction.Share(context);
    }
}
