using SQLitePCL;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>
/// The rows of a statement, one at a time, read as the model's converters write them. A column that can be NULL is asked
/// by <see cref="IsNull"/> or one of the <c>…OrNull</c>.
/// </summary>
internal sealed class SqliteRow(SqliteStatement owner, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Goes on to the next row, and at first to the first; false where there is none.</summary>
    public bool Read() => owner.Step();

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public int Int32(int column) => checked((int)raw.sqlite3_column_int64(statement, column));

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public bool Flag(int column) => raw.sqlite3_column_int64(statement, column) != 0;

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public Guid Id(int column) => new(raw.sqlite3_column_blob(statement, column), bigEndian: true);

    public DateTimeOffset Instant(int column) => new(raw.sqlite3_column_int64(statement, column), TimeSpan.Zero);

    public DateTimeOffset? InstantOrNull(int column) => IsNull(column) ? null : Instant(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Ends the reading: the statement can run again.</summary>
    public void Dispose() => owner.Reset();
}
