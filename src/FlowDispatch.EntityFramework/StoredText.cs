using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.EntityFramework;

/// <summary>Text as both providers keep it.</summary>
internal static class StoredText
{
    /// <summary>The text with U+FFFD for each zero character and each half of a pair.</summary>
    /// <remarks>PostgreSQL refuses both, and SQLite's text ends at the first; what others send us has them now and then, and must not fail or be lost for it.</remarks>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text)
    {
        if (text is null || !(text.Contains('\0', StringComparison.Ordinal) || text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')))
        {
            return text;
        }

        return string.Create(text.Length, text, static (clean, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                var paired = char.IsHighSurrogate(from[i]) ? i + 1 < from.Length && char.IsLowSurrogate(from[i + 1])
                    : !char.IsLowSurrogate(from[i]) || (i > 0 && char.IsHighSurrogate(from[i - 1]));
                clean[i] = paired && from[i] != '\0' ? from[i] : '\uFFFD';
            }
        });
    }
}
