namespace FlowDispatch.Tests.Uploads;

/// <summary>Bytes that come into being as they are read, at most so many at a time.</summary>
internal sealed class GeneratedStream(IEnumerable<byte[]> parts, int most = int.MaxValue) : Stream
{
    private readonly IEnumerator<byte[]> _parts = parts.GetEnumerator();
    private ReadOnlyMemory<byte> _part;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => BytesRead;
        set => throw new NotSupportedException();
    }

    public long BytesRead { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_part.IsEmpty)
        {
            if (!_parts.MoveNext())
            {
                return new(0);
            }

            _part = _parts.Current;
        }

        var count = Math.Min(Math.Min(most, buffer.Length), _part.Length);
        _part[..count].CopyTo(buffer);
        _part = _part[count..];
        BytesRead += count;
        return new(count);
    }

    // A server's request body refuses this as well.
    public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("This stream is read asynchronously only.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _parts.Dispose();
        base.Dispose(disposing);
    }
}
