using System.Data.Common;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Statements that go to the server together, in one turn of the wire, with parameters <c>$1</c>, <c>$2</c>, … given in order.</summary>
/// <param name="batch">Empty, on the session's connection.</param>
/// <param name="names">Brings the schema into a statement's text.</param>
internal sealed class PostgresBatch(NpgsqlBatch batch, Func<string, string> names) : IAsyncDisposable
{
    private bool _prepare = true;

    public int Count => batch.BatchCommands.Count;

    /// <summary>Adds a statement whose text is one of few: it is prepared once a connection.</summary>
    /// <returns>Its place.</returns>
    public int Add(string sql, params ReadOnlySpan<PostgresValue> values)
    {
        var command = new NpgsqlBatchCommand(names(sql));
        foreach (var value in values)
        {
            command.Parameters.Add(value.Parameter);
        }

        batch.BatchCommands.Add(command);
        return batch.BatchCommands.Count - 1;
    }

    /// <summary>Plans each run for itself: for statements whose texts or values differ widely.</summary>
    public PostgresBatch Unprepared()
    {
        _prepare = false;
        return this;
    }

    /// <summary>Runs all; how many rows a statement changed is then in <see cref="Changed"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Count > 0)
        {
            await PrepareAsync(cancellationToken).ConfigureAwait(false);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs all and opens the first rows that a statement answers with.</summary>
    public async Task<DbDataReader> ReadAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many rows the statement at a place changed or answered with.</summary>
    public int Changed(int place) => (int)batch.BatchCommands[place].Rows;

    public ValueTask DisposeAsync() => batch.DisposeAsync();

    private Task PrepareAsync(CancellationToken cancellationToken) => _prepare ? batch.PrepareAsync(cancellationToken) : Task.CompletedTask;
}
