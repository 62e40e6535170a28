using FlowDispatch.EntityFramework.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class SchemaTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flowdispatch-");
    private readonly List<SqliteStore> _stores = [];

    private string File => Path.Combine(_folder.FullName, "data", "store.db");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Model_and_migrations_agree()
    {
        using var context = SqliteStoreFixture.Contexts(File).CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Migrating_makes_the_folder_and_the_file_and_again_does_nothing()
    {
        var store = Open();
        await store.MigrateAsync(Cancellation);
        var schema = Schema();

        await store.MigrateAsync(Cancellation);
        await Open().MigrateAsync(Cancellation);

        Assert.Equal(schema, Schema());
        Assert.Null(await store.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task Eight_that_migrate_an_empty_file_at_once_make_one_schema()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Open()).ToList().Select(store => Task.Run(() => store.MigrateAsync(Cancellation), Cancellation)));

        var applied = Rows("SELECT MigrationId FROM __EFMigrationsHistory ORDER BY MigrationId");
        Assert.NotEmpty(applied);
        Assert.Equal(applied.Distinct(), applied);
        Assert.Null(await Open().CheckAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_migrated_is_what_ef_core_would_make()
    {
        await Open().MigrateAsync(Cancellation);
        var ours = Schema();
        var other = Path.Combine(_folder.FullName, "other.db");
        await using (var context = SqliteStoreFixture.Contexts(other).CreateDbContext())
        {
            await context.Database.MigrateAsync(Cancellation);
        }

        Assert.Equal(Rows("SELECT sql FROM sqlite_schema WHERE name LIKE '%fd\\_%' ESCAPE '\\' ORDER BY name", other), ours);
    }

    [Fact]
    public async Task A_file_without_the_schema_is_not_ready_and_says_why()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);

        Assert.Contains("migrate", await Open().CheckAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_not_ready_and_says_why()
    {
        Assert.Contains("can't be read", await Open().CheckAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_a_newer_version_made_is_left_alone_and_is_not_ready()
    {
        await Open().MigrateAsync(Cancellation);
        var ours = Rows("SELECT MigrationId FROM __EFMigrationsHistory").Count;
        Run("INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_Future', '99.0')");

        await Open().MigrateAsync(Cancellation);

        Assert.Contains("99990101000000_Future", await Open().CheckAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(ours + 1, Rows("SELECT MigrationId FROM __EFMigrationsHistory").Count);
    }

    [Fact]
    public async Task Of_a_file_that_cannot_be_opened_no_context_is_left_behind()
    {
        var contexts = new List<FlowDispatchDbContext>();
        using var store = new SqliteStore(
            () =>
            {
                contexts.Add(SqliteStoreFixture.Contexts(File).CreateDbContext());
                return contexts[^1];
            },
            TimeProvider.System);

        Assert.Contains("can't be read", await store.CheckAsync(Cancellation), StringComparison.Ordinal);

        Assert.All(contexts, c => Assert.Throws<ObjectDisposedException>(() => c.Database));
    }

    public void Dispose()
    {
        _stores.ForEach(s => s.Dispose());
        _folder.Delete(recursive: true);
    }

    private SqliteStore Open()
    {
        var store = new SqliteStore(SqliteStoreFixture.Contexts(File).CreateDbContext, TimeProvider.System);
        _stores.Add(store);
        return store;
    }

    private List<string> Schema() => Rows("SELECT sql FROM sqlite_schema WHERE name LIKE '%fd\\_%' ESCAPE '\\' ORDER BY name");

    private List<string> Rows(string sql, string? file = null)
    {
        using var connection = new SqliteConnection($"Data Source={file ?? File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
        {
            rows.Add(row.IsDBNull(0) ? "" : row.GetString(0));
        }

        return rows;
    }

    private void Run(string sql) => Rows(sql);
}
