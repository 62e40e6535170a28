namespace FlowDispatch.EntityFramework;

/// <summary>The database as ordinary queries of EF Core need it; hot paths have their provider's own.</summary>
internal abstract class StoreDatabase
{
    /// <summary>Runs <paramref name="work"/> in a transaction. It may run again, on a new context, where the database gave the transaction up.</summary>
    public abstract Task<T> ChangeAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs <paramref name="work"/>, which changes nothing.</summary>
    public abstract Task<T> QueryAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs <paramref name="work"/>, which changes nothing, on one snapshot of the data.</summary>
    public abstract Task<T> ViewAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken);
}
