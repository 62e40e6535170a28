using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A prepared statement with parameters <c>$1</c>, <c>$2</c>, … given in order.</summary>
/// <remarks>
/// Over SQLite itself: a command of ADO.NET looks each parameter up by its name at every run and each column's type at
/// every reading, which together cost a third of all statements.
/// </remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly SqliteRow rows;

    // SQLite numbers names in the order in which they first stand in the text.
    private readonly int[] places;
    private bool running;

    public SqliteStatement(sqlite3 database, string sql)
    {
        this.database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out statement), database);
        rows = new(this, statement);
        places = new int[raw.sqlite3_bind_parameter_count(statement)];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = raw.sqlite3_bind_parameter_index(statement, string.Create(CultureInfo.InvariantCulture, $"${i + 1}"));
        }
    }

    /// <summary>Runs it and answers how many rows it changed.</summary>
    public int Run(params ReadOnlySpan<SqliteValue> values)
    {
        Begin(values);
        try
        {
            while (Step())
            {
            }

            return raw.sqlite3_changes(database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Opens its rows; to be disposed before it runs again.</summary>
    public SqliteRow Read(params ReadOnlySpan<SqliteValue> values)
    {
        Begin(values);
        return rows;
    }

    /// <summary>The first column of the first row as a number, 0 for no row and for NULL.</summary>
    public long Number(params ReadOnlySpan<SqliteValue> values) => NumberOrNull(values) ?? 0;

    /// <summary>The first column of the first row as a number; null for no row and for NULL.</summary>
    public long? NumberOrNull(params ReadOnlySpan<SqliteValue> values)
    {
        using var row = Read(values);
        return row.Read() && !row.IsNull(0) ? row.Int64(0) : null;
    }

    /// <summary>The first column of the first row as an instant; null for no row and for NULL.</summary>
    public DateTimeOffset? InstantOrNull(params ReadOnlySpan<SqliteValue> values) =>
        NumberOrNull(values) is { } ticks ? new(ticks, TimeSpan.Zero) : null;

    public void Dispose() => statement.Dispose();

    /// <summary>Goes on to the next row; false where there is none.</summary>
    internal bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return result == raw.SQLITE_ROW;
        }

        SqliteException.ThrowExceptionForRC(result, database);
        throw new InvalidOperationException($"SQLite answered a step with {result}, which is no result of it.");
    }

    internal void Reset()
    {
        // It repeats the error of the last step, which has been thrown.
        raw.sqlite3_reset(statement);
        running = false;
    }

    private void Begin(ReadOnlySpan<SqliteValue> values)
    {
        if (running || values.Length != places.Length)
        {
            throw new InvalidOperationException(running
                ? "A statement was run while its rows were still being read."
                : $"A statement of {places.Length} parameters was given {values.Length} values.");
        }

        running = true;
        for (var i = 0; i < values.Length; i++)
        {
            var result = values[i].Bind(statement, places[i]);
            if (result != raw.SQLITE_OK)
            {
                Reset();
                SqliteException.ThrowExceptionForRC(result, database);
            }
        }
    }
}
