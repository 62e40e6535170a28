using System.Data.Common;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Reads columns as the model keeps them.</summary>
internal static class PostgresRow
{
    public static DateTimeOffset Instant(this DbDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
