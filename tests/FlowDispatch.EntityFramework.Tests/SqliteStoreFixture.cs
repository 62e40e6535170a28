using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>A store on a file of its own, in a folder that goes when the test ends.</summary>
public sealed class SqliteStoreFixture : IStoreFixture
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flowdispatch-");
    private readonly List<SqliteStore> _stores = [];
    private TimeProvider _time = TimeProvider.System;

    internal string File => Path.Combine(_folder.FullName, "store.db");

    public async Task<IStore> CreateAsync(TimeProvider time)
    {
        _time = time;
        var store = await ReopenAsync();
        await store.MigrateAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public Task<IStore> ReopenAsync()
    {
        var store = new SqliteStore(Contexts(File).CreateDbContext, _time);
        _stores.Add(store);
        return Task.FromResult<IStore>(store);
    }

    public ValueTask DisposeAsync()
    {
        _stores.ForEach(s => s.Dispose());
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    internal static IDbContextFactory<FlowDispatchDbContext> Contexts(string file) => new Factory(
        new DbContextOptionsBuilder<FlowDispatchDbContext>().UseSqlite($"Data Source={file};Pooling=False").Options);

    private sealed class Factory(DbContextOptions<FlowDispatchDbContext> options) : IDbContextFactory<FlowDispatchDbContext>
    {
        public FlowDispatchDbContext CreateDbContext() => new(options);
    }
}
