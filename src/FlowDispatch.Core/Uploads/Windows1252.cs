using System.Text;

namespace FlowDispatch.Uploads;

/// <summary>The encoding of older spreadsheets, and UTF-8 that reads stray bytes as it instead of losing them.</summary>
internal static class Windows1252
{
    public static Encoding Encoding { get; } =
        CodePagesEncodingProvider.Instance.GetEncoding(1252) ?? throw new InvalidOperationException("The runtime has no code page 1252.");

    public static Encoding Utf8WithStrayBytes { get; } = CreateUtf8();

    private static UTF8Encoding CreateUtf8()
    {
        var encoding = (UTF8Encoding)new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).Clone();
        encoding.DecoderFallback = new StrayBytes();
        return encoding;
    }

    private sealed class StrayBytes : DecoderFallback
    {
        public override int MaxCharCount => 4;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            private string _chars = "";
            private int _next;

            public override int Remaining => _chars.Length - _next;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                _chars = Encoding.GetString(bytesUnknown);
                _next = 0;
                return _chars.Length > 0;
            }

            public override char GetNextChar() => _next < _chars.Length ? _chars[_next++] : '\0';

            public override bool MovePrevious()
            {
                if (_next == 0)
                {
                    return false;
                }

                _next--;
                return true;
            }

            public override void Reset() => (_chars, _next) = ("", 0);
        }
    }
}
