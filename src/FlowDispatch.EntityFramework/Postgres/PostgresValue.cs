using Npgsql;
using NpgsqlTypes;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>A parameter of a statement, typed as the model's columns are; a NULL too, so that a prepared statement stays the same.</summary>
internal readonly struct PostgresValue
{
    private PostgresValue(NpgsqlParameter parameter) => Parameter = parameter;

    public NpgsqlParameter Parameter { get; }

    public static implicit operator PostgresValue(long value) => Of(value, NpgsqlDbType.Bigint);

    public static implicit operator PostgresValue(long? value) => value is { } known ? known : Null(NpgsqlDbType.Bigint);

    public static implicit operator PostgresValue(int value) => Of(value, NpgsqlDbType.Integer);

    public static implicit operator PostgresValue(int? value) => value is { } known ? known : Null(NpgsqlDbType.Integer);

    public static implicit operator PostgresValue(bool value) => Of(value, NpgsqlDbType.Boolean);

    public static implicit operator PostgresValue(Guid value) => Of(value, NpgsqlDbType.Uuid);

    public static implicit operator PostgresValue(Guid? value) => value is { } known ? known : Null(NpgsqlDbType.Uuid);

    public static implicit operator PostgresValue(string? value) => value is null ? Null(NpgsqlDbType.Text) : Of(StoredText.Clean(value), NpgsqlDbType.Text);

    public static implicit operator PostgresValue(DateTimeOffset value) => value.UtcTicks;

    public static implicit operator PostgresValue(DateTimeOffset? value) => value?.UtcTicks;

    public static implicit operator PostgresValue(TimeSpan value) => value.Ticks;

    public static implicit operator PostgresValue(byte[][] values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    public static implicit operator PostgresValue(long[] values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static implicit operator PostgresValue(long?[] values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static implicit operator PostgresValue(int[] values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static implicit operator PostgresValue(bool[] values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Boolean);

    public static implicit operator PostgresValue(Guid[] values) => Of(values, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    public static implicit operator PostgresValue(string?[] values) => Of(Array.ConvertAll(values, StoredText.Clean), NpgsqlDbType.Array | NpgsqlDbType.Text);

    private static PostgresValue Of<T>(T value, NpgsqlDbType type) => new(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });

    private static PostgresValue Null(NpgsqlDbType type) => new(new() { Value = DBNull.Value, NpgsqlDbType = type });
}
