using Microsoft.Win32.SafeHandles;

namespace FlowDispatch.Sample.Simulator;

/// <summary>Reads a journal line by line through one growing buffer.</summary>
internal static class JournalLines
{
    /// <summary>A line, without its new line, is valid until the next is asked for. What follows the last new line was torn by a crash and is left out.</summary>
    public static IEnumerable<(JournalPlace Place, ReadOnlyMemory<byte> Line)> Read(SafeFileHandle file, long end)
    {
        var buffer = new byte[1 << 16];
        var offset = 0L; // of the buffer's first byte in the file
        var filled = 0;
        while (offset + filled < end)
        {
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var wanted = (int)Math.Min(buffer.Length - filled, end - offset - filled);
            var read = RandomAccess.Read(file, buffer.AsSpan(filled, wanted), offset + filled);
            if (read == 0)
            {
                yield break;
            }

            filled += read;
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                yield return (new JournalPlace(offset + start, length), buffer.AsMemory(start, length));
                start += length + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            offset += start;
            filled -= start;
        }
    }
}
