namespace FlowDispatch.Templating.Scripts;

/// <summary>The scripts that people's names and cities are written in; the rest is <see cref="Other"/>.</summary>
[Flags]
internal enum Script
{
    None = 0,
    Latin = 1,
    Greek = 1 << 1,
    Cyrillic = 1 << 2,
    Armenian = 1 << 3,
    Hebrew = 1 << 4,
    Arabic = 1 << 5,
    Devanagari = 1 << 6,
    Thai = 1 << 7,
    Hangul = 1 << 8,
    Kana = 1 << 9,
    Han = 1 << 10,
    Other = 1 << 11,
}
