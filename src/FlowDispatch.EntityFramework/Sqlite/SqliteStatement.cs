using System.Data.Common;
using System.Globalization;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A prepared statement with parameters <c>$1</c>, <c>$2</c>, … given in order.</summary>
internal sealed class SqliteStatement(DbCommand command) : IDisposable
{
    /// <summary>Runs it and answers how many rows it changed.</summary>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Opens its rows; to be disposed before it runs again.</summary>
    public DbDataReader Read(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteReader();
    }

    /// <summary>The first value of the first row; null for none and for NULL.</summary>
    public object? Value(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>The same as a number, 0 for none.</summary>
    public long Number(params ReadOnlySpan<object?> values) => Value(values) is { } value ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;

    public void Dispose() => command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        while (command.Parameters.Count < values.Length)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"${command.Parameters.Count + 1}";
            command.Parameters.Add(parameter);
        }

        for (var i = 0; i < values.Length; i++)
        {
            // As the model's converters write them.
            command.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                Guid id => id.ToByteArray(bigEndian: true),
                DateTimeOffset at => at.UtcTicks,
                TimeSpan time => time.Ticks,
                var value => value,
            };
        }
    }
}
