using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>The lines of a journal that tell what is settled: <c>[[from,to,settled],…]</c>.</summary>
internal static class ProgressLine
{
    public static bool Is(ReadOnlySpan<byte> line) => line.StartsWith("["u8);

    public static byte[] Write(IEnumerable<Progress> progress) =>
        JsonSerializer.SerializeToUtf8Bytes(progress.Select(part => new[] { part.From, part.To, part.Settled }));

    public static IEnumerable<Progress> Read(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize<long[][]>(line)!.Select(part => new Progress(part[0], part[1], (int)part[2]));
}
