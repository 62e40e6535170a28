using System.Text;

namespace FlowDispatch.AspNetCore.Tests.Uploads;

/// <summary>A body of any length that is never held as a whole.</summary>
internal sealed class RepeatedLines(string line, long length) : Stream
{
    private readonly byte[] _line = Encoding.UTF8.GetBytes(line);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        count = (int)Math.Min(count, length - _position);
        for (var i = 0; i < count; i++)
        {
            buffer[offset + i] = _line[_position++ % _line.Length];
        }

        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
