using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FlowDispatch.Redis.Rows;

/// <summary>Several values as one, which a script takes apart by one call: MessagePack strings, one behind the other.</summary>
/// <remarks>https://github.com/msgpack/msgpack/blob/master/spec.md: "fixstr", "str 8" or "str 32" by length.</remarks>
internal sealed class PackWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(2_048);

    /// <summary>The next value.</summary>
    public void Add(ReadOnlySpan<byte> value) => value.CopyTo(Next(value.Length));

    /// <summary>The next value, in UTF-8.</summary>
    public void Add(string value) => Encoding.UTF8.GetBytes(value, Next(Encoding.UTF8.GetByteCount(value)));

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    private Span<byte> Next(int length)
    {
        var head = _buffer.GetSpan(5);
        switch (length)
        {
            case < 32:
                head[0] = (byte)(0xa0 | length);
                _buffer.Advance(1);
                break;
            case < 256:
                (head[0], head[1]) = (0xd9, (byte)length);
                _buffer.Advance(2);
                break;
            default:
                head[0] = 0xdb;
                BinaryPrimitives.WriteInt32BigEndian(head[1..], length);
                _buffer.Advance(5);
                break;
        }

        var value = _buffer.GetSpan(length)[..length];
        _buffer.Advance(length);
        return value;
    }
}
