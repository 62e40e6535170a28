using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace FlowDispatch.Sample.Snippets;

/// <summary>The host's own coupons, in a SQLite file of the host's: each code is held by nobody or by one key.</summary>
/// <param name="connectionString">Of the file.</param>
public sealed class CouponTable(string connectionString)
{
    // Keys that hold a code keep it; each other one gets the first that is free.
    private const string Give = """
        WITH wanted AS (SELECT value AS key, ROW_NUMBER() OVER () AS place FROM json_each($keys) WHERE value NOT IN (SELECT holder FROM coupons WHERE holder IS NOT NULL)),
            free AS (SELECT code, ROW_NUMBER() OVER (ORDER BY code) AS place FROM coupons WHERE holder IS NULL ORDER BY code LIMIT (SELECT COUNT(*) FROM wanted))
        UPDATE coupons SET holder = wanted.key FROM wanted JOIN free USING (place) WHERE coupons.code = free.code;
        SELECT holder, code FROM coupons WHERE holder IN (SELECT value FROM json_each($keys));
        """;

    /// <summary>Makes the table where it is missing, and adds codes; those that are there already stay as they are.</summary>
    public async Task AddAsync(IEnumerable<string> codes, CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var add = connection.CreateCommand();
        add.CommandText = """
            CREATE TABLE IF NOT EXISTS coupons (code TEXT PRIMARY KEY, holder TEXT UNIQUE);
            INSERT INTO coupons (code) SELECT value FROM json_each($codes) WHERE TRUE ON CONFLICT DO NOTHING;
            """;
        add.Parameters.AddWithValue("$codes", JsonSerializer.Serialize(codes));
        await add.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A code for each key, the same one each time it is asked; null, and nothing is handed out, where too few are left.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> HandOutAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = connection.BeginTransaction(deferred: false);
        await using var give = connection.CreateCommand();
        give.Transaction = transaction;
        give.CommandText = Give;
        give.Parameters.AddWithValue("$keys", JsonSerializer.Serialize(keys));
        var held = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var rows = await give.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                held[rows.GetString(0)] = rows.GetString(1);
            }
        }

        if (held.Count < keys.Count)
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return held;
    }

    /// <summary>Frees the codes of these keys; those that hold none are no error.</summary>
    public async Task TakeBackAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var free = connection.CreateCommand();
        free.CommandText = "UPDATE coupons SET holder = NULL WHERE holder IN (SELECT value FROM json_each($keys))";
        free.Parameters.AddWithValue("$keys", JsonSerializer.Serialize(keys));
        await free.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How many codes nobody holds.</summary>
    public async Task<int> CountFreeAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var count = connection.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM coupons WHERE holder IS NULL";
        return Convert.ToInt32(await count.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
