using System.Text;
using SQLitePCL;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>What a parameter is given, kept as the model's converters keep it. The default is NULL.</summary>
internal readonly struct SqliteValue
{
    private readonly Kind kind;
    private readonly long number;
    private readonly Guid id;
    private readonly object? content;

    private SqliteValue(long number) => (kind, this.number) = (Kind.Number, number);

    private SqliteValue(Guid id) => (kind, this.id) = (Kind.Id, id);

    private SqliteValue(string? text) => (kind, content) = (text is null ? Kind.Null : Kind.Text, StoredText.Clean(text));

    private SqliteValue(byte[] bytes) => (kind, content) = (Kind.Bytes, bytes);

    private enum Kind : byte
    {
        Null,
        Number,
        Id,
        Text,
        Bytes,
    }

    public static implicit operator SqliteValue(long value) => new(value);

    public static implicit operator SqliteValue(long? value) => value is { } known ? new(known) : default;

    public static implicit operator SqliteValue(bool value) => new(value ? 1 : 0);

    public static implicit operator SqliteValue(Guid value) => new(value);

    public static implicit operator SqliteValue(DateTimeOffset value) => new(value.UtcTicks);

    public static implicit operator SqliteValue(DateTimeOffset? value) => value is { } known ? new(known.UtcTicks) : default;

    public static implicit operator SqliteValue(TimeSpan value) => new(value.Ticks);

    public static implicit operator SqliteValue(string? value) => new(value);

    public static implicit operator SqliteValue(byte[] value) => new(value);

    /// <summary>Gives it to the parameter at <paramref name="place"/>, from 1; SQLite keeps a copy.</summary>
    /// <returns>SQLite's result code.</returns>
    public int Bind(sqlite3_stmt statement, int place) => kind switch
    {
        Kind.Null => raw.sqlite3_bind_null(statement, place),
        Kind.Number => raw.sqlite3_bind_int64(statement, place, number),
        Kind.Id => BindId(statement, place),
        Kind.Text => BindText(statement, place, (string)content!),
        _ => BindBytes(statement, place, (byte[])content!),
    };

    private int BindId(sqlite3_stmt statement, int place)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return raw.sqlite3_bind_blob(statement, place, bytes);
    }

    private static int BindText(sqlite3_stmt statement, int place, string text)
    {
        // Of most texts the bytes fit the stack. An empty span would be NULL.
        const int Most = 512;
        Span<byte> bytes = stackalloc byte[Most];
        return text.Length > 0 && Encoding.UTF8.TryGetBytes(text, bytes, out var length)
            ? raw.sqlite3_bind_text(statement, place, bytes[..length])
            : raw.sqlite3_bind_text(statement, place, text);
    }

    // Nor is no byte the same as nothing.
    private static int BindBytes(sqlite3_stmt statement, int place, byte[] bytes) => bytes.Length == 0
        ? raw.sqlite3_bind_zeroblob(statement, place, 0)
        : raw.sqlite3_bind_blob(statement, place, bytes);
}
