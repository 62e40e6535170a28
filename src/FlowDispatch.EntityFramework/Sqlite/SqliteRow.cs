using System.Data.Common;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Reads columns as the model's converters write them.</summary>
internal static class SqliteRow
{
    public static Guid Id(this DbDataReader row, int column) => new(row.GetFieldValue<byte[]>(column), bigEndian: true);

    public static DateTimeOffset Instant(this DbDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
