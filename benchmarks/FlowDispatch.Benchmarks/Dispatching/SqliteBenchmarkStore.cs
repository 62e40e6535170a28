using FlowDispatch.DependencyInjection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>SQLite in a file of its own for each run, deleted afterwards.</summary>
internal sealed class SqliteBenchmarkStore : BenchmarkStore
{
    private static readonly string[] Suffixes = ["", "-wal", "-shm", "-journal"];

    private readonly SqliteConnectionStringBuilder _connection;

    /// <param name="connection">Names a file that does not exist; null for one in the temporary folder.</param>
    public SqliteBenchmarkStore(string? connection)
    {
        try
        {
            _connection = new(connection);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"--connection can't be read: {wrong.Message}");
        }

        if (connection is null)
        {
            _connection.DataSource = Path.Combine(Path.GetTempPath(), $"flowdispatch-benchmark-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}.db");
        }
        else if (_connection.DataSource.Length == 0 || _connection.DataSource == ":memory:" || _connection.Mode == SqliteOpenMode.Memory)
        {
            throw new UsageException("--connection must name a file, like \"Data Source=benchmark.db\".");
        }
        else if (Suffixes.Any(s => File.Exists(_connection.DataSource + s)))
        {
            throw new UsageException($"--connection names {_connection.DataSource}, which exists; name a file that does not, since it is deleted afterwards.");
        }
    }

    public override string Name => "sqlite";

    public override void Register(FlowDispatchBuilder builder) => builder.UseEntityFramework(db => db.UseSqlite(_connection.ConnectionString));

    public override void CleanUp()
    {
        SqliteConnection.ClearAllPools();
        foreach (var suffix in Suffixes)
        {
            File.Delete(_connection.DataSource + suffix);
        }
    }
}
