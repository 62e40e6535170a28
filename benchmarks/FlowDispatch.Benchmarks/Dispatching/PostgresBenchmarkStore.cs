using FlowDispatch.DependencyInjection;
using FlowDispatch.Store.Conformance.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>PostgreSQL, in a database of its own for each run, dropped afterwards; on a server of its own where none is named.</summary>
internal sealed class PostgresBenchmarkStore : BenchmarkStore
{
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly string _database;

    /// <param name="connection">Names a server and an account that may make databases; null for a server that ends with this process.</param>
    /// <param name="place">The database; null for one of its own.</param>
    public PostgresBenchmarkStore(string? connection, string? place = null)
    {
        _database = place ?? $"flowdispatch_benchmark_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
        try
        {
            _server = new(connection ?? PostgresServer.SharedAsync().GetAwaiter().GetResult().Connection());
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"--connection can't be read: {wrong.Message}");
        }
        catch (InvalidOperationException missing)
        {
            throw new UsageException(missing.Message);
        }
    }

    public override string Name => "postgres";

    public override string Connection => _server.ConnectionString;

    public override string Place => _database;

    public override void Register(FlowDispatchBuilder builder)
    {
        var connection = new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Database = _database };
        builder.UseEntityFramework(db => db.UseNpgsql(connection.ConnectionString));
    }

    public override void CleanUp()
    {
        NpgsqlConnection.ClearAllPools();
        using var source = NpgsqlDataSource.Create(_server.ConnectionString);
        using var drop = source.CreateCommand($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
        drop.ExecuteNonQuery();
    }
}
