using System.Buffers;
using System.Text;

namespace FlowDispatch.Uploads;

/// <summary>Decodes an uploaded stream whose encoding nobody named.</summary>
/// <remarks>
/// A byte order mark decides (UTF-8, UTF-16). Without one the first megabyte does: it is UTF-8, unless its invalid bytes
/// outnumber its valid characters beyond ASCII: then it is Windows-1252. Invalid bytes in UTF-8, there or later, are read one
/// by one as Windows-1252: no byte is lost, and a file that turns out to be Windows-1252 after a megabyte of ASCII reads right.
/// </remarks>
internal sealed class UploadedText : TextReader
{
    private const int PrefixLength = 1 << 20;

    private readonly Stream _body;
    private readonly byte[] _bytes;
    private readonly char[] _chars = new char[16_384];
    private readonly Decoder _decoder;
    private int _nextByte;
    private int _byteCount;
    private int _nextChar;
    private int _charCount;
    private bool _ended;

    private UploadedText(Stream body, byte[] bytes, int byteCount, Encoding encoding, int skip)
    {
        _body = body;
        _bytes = bytes;
        _byteCount = byteCount;
        _nextByte = skip;
        _decoder = encoding.GetDecoder();
    }

    /// <summary>Reads as much as it takes to know the encoding. The stream stays the caller's.</summary>
    /// <exception cref="ContactFileException">It is a workbook, or no text.</exception>
    public static async Task<UploadedText> OpenAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new byte[PrefixLength];
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var (encoding, skip) = Detect(bytes.AsSpan(0, count), isWhole: count < bytes.Length);
        return new(body, bytes, count, encoding, skip);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_nextChar == _charCount)
        {
            if (_nextByte == _byteCount && !_ended)
            {
                _byteCount = await _body.ReadAsync(_bytes, cancellationToken).ConfigureAwait(false);
                _nextByte = 0;
                _ended = _byteCount == 0;
            }

            _decoder.Convert(_bytes.AsSpan(_nextByte, _byteCount - _nextByte), _chars, flush: _ended, out var used, out _charCount, out _);
            _nextByte += used;
            _nextChar = 0;
            if (_ended && _charCount == 0)
            {
                return 0;
            }
        }

        var count = Math.Min(buffer.Length, _charCount - _nextChar);
        _chars.AsMemory(_nextChar, count).CopyTo(buffer);
        _nextChar += count;
        return count;
    }

    private static (Encoding Encoding, int Skip) Detect(ReadOnlySpan<byte> bytes, bool isWhole) => bytes switch
    {
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        [0xEF, 0xBB, 0xBF, ..] => (Windows1252.Utf8WithStrayBytes, 3),
        [(byte)'P', (byte)'K', 3, 4, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..] =>
            throw new ContactFileException("This is a workbook or an archive, not text; save the sheet as CSV and upload that."),
        _ when bytes.Contains((byte)0) => throw new ContactFileException("This is not text: it holds zero bytes. Save it as CSV in UTF-8 and upload that."),
        _ => (IsMostlyUtf8(bytes, isWhole) ? Windows1252.Utf8WithStrayBytes : Windows1252.Encoding, 0),
    };

    private static bool IsMostlyUtf8(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        var valid = 0;
        var invalid = 0;
        while (bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) is var next and >= 0)
        {
            bytes = bytes[next..];
            switch (Rune.DecodeFromUtf8(bytes, out _, out var used))
            {
                case OperationStatus.Done:
                    valid++;
                    break;
                case OperationStatus.NeedMoreData when !isWhole: // cut by the prefix's end
                    break;
                default:
                    invalid += used;
                    break;
            }

            bytes = bytes[used..];
        }

        return invalid <= valid;
    }
}
