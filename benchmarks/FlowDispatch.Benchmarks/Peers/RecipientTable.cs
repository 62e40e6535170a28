using FlowDispatch.Store.Conformance.Servers;
using Npgsql;

namespace FlowDispatch.Benchmarks.Peers;

/// <summary>
/// What a user of a job queue keeps beside it to know of each recipient: a row in PostgreSQL that the job updates. It lies in a
/// database of its own, which is dropped afterwards.
/// </summary>
internal sealed class RecipientTable : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _database;
    private readonly NpgsqlDataSource _rows;

    private RecipientTable(string server, string database, int connections)
    {
        _server = server;
        _database = database;
        Connection = new NpgsqlConnectionStringBuilder(server) { Database = database, MaxPoolSize = connections }.ConnectionString;
        _rows = NpgsqlDataSource.Create(Connection);
    }

    /// <summary>How to reach the database.</summary>
    public string Connection { get; }

    /// <param name="server">Names a server and an account that may make databases.</param>
    /// <param name="recipients">How many rows, with numbers from 0, nobody of them sent to.</param>
    /// <param name="connections">How many at most work on them at once.</param>
    public static async Task<RecipientTable> CreateAsync(string server, int recipients, int connections)
    {
        var database = $"flowdispatch_benchmark_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
        await RunAsync(server, $"CREATE DATABASE {database}");
        var table = new RecipientTable(server, database, connections);
        await using var fill = table._rows.CreateCommand($"""
            CREATE TABLE recipient_status (id bigint PRIMARY KEY, status int NOT NULL, provider_message_id text);
            INSERT INTO recipient_status SELECT n, 0, NULL FROM generate_series(0, {recipients - 1}) AS n
            """);
        await fill.ExecuteNonQueryAsync();
        return table;
    }

    /// <summary>A server for it alone, which ends with this process.</summary>
    /// <exception cref="UsageException">PostgreSQL is not installed.</exception>
    public static async Task<string> ServerAsync()
    {
        try
        {
            return (await PostgresServer.SharedAsync()).Connection();
        }
        catch (InvalidOperationException missing)
        {
            throw new UsageException(missing.Message);
        }
    }

    public async Task SentAsync(int recipient, string message)
    {
        await using var update = _rows.CreateCommand("UPDATE recipient_status SET status = 2, provider_message_id = $2 WHERE id = $1");
        update.Parameters.Add(new() { Value = (long)recipient });
        update.Parameters.Add(new() { Value = message });
        await update.ExecuteNonQueryAsync();
    }

    public async Task<long> CountSentAsync()
    {
        await using var count = _rows.CreateCommand("SELECT COUNT(*) FROM recipient_status WHERE status = 2");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await RunAsync(_server, $"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
    }

    private static async Task RunAsync(string server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
