using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Rows in PostgreSQL's binary COPY format: a header, for each row the number of its columns and each value behind its length, and a trailer.</summary>
/// <remarks>Written by hand since planning does little else; docs/performance.md has what it brought.</remarks>
/// <seealso href="https://www.postgresql.org/docs/current/sql-copy.html"/>
internal sealed class CopyRows(Stream copy, short columns) : IDisposable
{
    private const int Enough = 64 * 1024;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JsonText.Compact.Encoder, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _rows = new(2 * Enough);
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly Utf8JsonWriter _json = new(Stream.Null, Relaxed);

    /// <summary>Begins: signature, no flags, no extension.</summary>
    public void Header()
    {
        _rows.Write("PGCOPY"u8);
        _rows.Write<byte>([(byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0]);
        Int32(0);
        Int32(0);
    }

    /// <summary>Begins a row, and sends those before it where they are enough.</summary>
    public async ValueTask RowAsync(CancellationToken cancellationToken)
    {
        if (_rows.WrittenCount >= Enough)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }

        Int16(columns);
    }

    /// <summary>Ends and sends what is left.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        Int16(-1);
        await SendAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Add(long value)
    {
        Int32(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_rows.GetSpan(sizeof(long)), value);
        _rows.Advance(sizeof(long));
    }

    public void Add(long? value)
    {
        if (value is { } known)
        {
            Add(known);
        }
        else
        {
            Null();
        }
    }

    public void Add(int value)
    {
        Int32(sizeof(int));
        Int32(value);
    }

    public void Add(bool value)
    {
        Int32(1);
        _rows.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        _rows.Advance(1);
    }

    public void Add(Guid value)
    {
        Int32(16);
        value.TryWriteBytes(_rows.GetSpan(16), bigEndian: true, out _);
        _rows.Advance(16);
    }

    public void Add(string? value)
    {
        if (StoredText.Clean(value) is not { } text)
        {
            Null();
            return;
        }

        var room = _rows.GetSpan(sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, room[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(room, length);
        _rows.Advance(sizeof(int) + length);
    }

    /// <summary>Adds the text of a JSON object.</summary>
    public void Add(IReadOnlyDictionary<string, string> variables)
    {
        _text.ResetWrittenCount();
        _json.Reset(_text);
        _json.WriteStartObject();
        foreach (var (name, value) in variables)
        {
            _json.WriteString(name, value);
        }

        _json.WriteEndObject();
        _json.Flush();
        Int32(_text.WrittenCount);
        _rows.Write(_text.WrittenSpan);
    }

    public void Dispose() => _json.Dispose();

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await copy.WriteAsync(_rows.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _rows.ResetWrittenCount();
    }

    private void Null() => Int32(-1);

    private void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_rows.GetSpan(sizeof(short)), value);
        _rows.Advance(sizeof(short));
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_rows.GetSpan(sizeof(int)), value);
        _rows.Advance(sizeof(int));
    }
}
