using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Core.Tests.Storage;

public sealed class InMemoryStoreFixture : IStoreFixture
{
    private InMemoryStore? _store;

    public Task<IStore> CreateAsync(TimeProvider time) => Task.FromResult<IStore>(_store = new(time));

    public Task<IStore> ReopenAsync() => Task.FromResult<IStore>(_store!);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
