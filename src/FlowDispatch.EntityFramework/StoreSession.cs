using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework;

/// <summary>One transaction.</summary>
internal abstract class StoreSession
{
    /// <summary>The transaction through EF Core.</summary>
    public abstract DbContext Context { get; }

    /// <summary>Makes the transaction end without effect though its work returns an answer.</summary>
    public abstract void Undo();

    /// <summary>Holds the row with this id until the transaction ends: what is read from here on is what it stays. Nothing where there is none.</summary>
    /// <typeparam name="TEntity">An entity with a column <c>id</c>.</typeparam>
    public abstract Task LockAsync<TEntity>(Guid id, CancellationToken cancellationToken)
        where TEntity : class;

    /// <summary>Holds a name until the transaction ends: of two that hold the same, the second one waits.</summary>
    public abstract Task LockAsync(string name, CancellationToken cancellationToken);

    /// <summary>Tells the nodes that there is news, once the transaction stands.</summary>
    public abstract Task SignalAsync(CancellationToken cancellationToken);
}
