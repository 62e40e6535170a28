using System.Data.Common;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Reads columns as the model keeps them, and rows to lists.</summary>
internal static class PostgresRow
{
    public static DateTimeOffset Instant(this DbDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>The rows of the present statement.</summary>
    public static async Task<List<T>> ListAsync<T>(this DbDataReader rows, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var list = new List<T>();
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            list.Add(read(rows));
        }

        return list;
    }

    /// <summary>The rows of the next statement that answers with any.</summary>
    public static async Task<List<T>> NextListAsync<T>(this DbDataReader rows, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return await rows.ListAsync(read, cancellationToken).ConfigureAwait(false);
    }
}
