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
    private readonly string _database = $"flowdispatch_benchmark_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";

    /// <param name="connection">Names a server and an account that may make databases; null for a server that ends with this process.</param>
    public PostgresBenchmarkStore(string? connection)
    {
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
