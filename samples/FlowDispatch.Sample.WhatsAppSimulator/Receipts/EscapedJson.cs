using System.Buffers;
using System.Text;

namespace FlowDispatch.Sample.Simulator;

/// <summary>Turns JSON into the form in which the provider sends and signs it: ASCII only, <c>\uXXXX</c> in lower-case hex, <c>\/</c> for a slash.</summary>
internal static class EscapedJson
{
    // A slash, a backslash or a byte above ASCII occurs in JSON only inside a string, so there is no need to parse.
    private static readonly SearchValues<byte> Special =
        SearchValues.Create([(byte)'/', (byte)'\\', .. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)]);

    public static byte[] From(ReadOnlySpan<byte> json)
    {
        var escaped = new ArrayBufferWriter<byte>(json.Length + (json.Length / 8) + 16);
        while (json.IndexOfAny(Special) is >= 0 and var plain)
        {
            escaped.Write(json[..plain]);
            json = json[(plain + WriteSpecial(json[plain..], escaped))..];
        }

        escaped.Write(json);
        return escaped.WrittenSpan.ToArray();
    }

    private static int WriteSpecial(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> escaped)
    {
        if (json[0] == '/')
        {
            escaped.Write("\\/"u8);
            return 1;
        }

        if (json[0] == '\\')
        {
            var length = json[1] == 'u' ? 6 : 2;
            Ascii.ToLower(json[..length], escaped.GetSpan(length), out _); // the letters of \n and the like are lower case already
            escaped.Advance(length);
            return length;
        }

        _ = Rune.DecodeFromUtf8(json, out var rune, out var consumed);
        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
        {
            var target = escaped.GetSpan(6);
            "\\u"u8.CopyTo(target);
            _ = ((int)unit).TryFormat(target[2..], out _, "x4", provider: null);
            escaped.Advance(6);
        }

        return consumed;
    }
}
