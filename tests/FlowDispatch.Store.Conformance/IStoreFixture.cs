using FlowDispatch.Storage;

namespace FlowDispatch.Store.Conformance;

/// <summary>Makes stores of one kind for one test, and takes them away afterwards.</summary>
public interface IStoreFixture : IAsyncDisposable
{
    /// <summary>An empty store with its schema, on this clock.</summary>
    Task<IStore> CreateAsync(TimeProvider time);

    /// <summary>Another store over the same data, as another process would open it; a store that lives in memory answers the same one.</summary>
    Task<IStore> ReopenAsync();
}
