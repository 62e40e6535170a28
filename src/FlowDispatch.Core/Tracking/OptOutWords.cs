using System.Globalization;
using System.Text;

namespace FlowDispatch.Tracking;

/// <summary>Recognises a message that is nothing but a request to stop.</summary>
internal sealed class OptOutWords(IEnumerable<string> words)
{
    // No opt-out word is longer; a long message is none, and is not folded to find out.
    private const int LongestMessage = 100;

    private readonly HashSet<string> _words = [.. words.Select(Fold)];

    /// <summary>Whether the whole of <paramref name="message"/> is one of the words.</summary>
    public bool Match(string? message) => message is { Length: > 0 and <= LongestMessage } && _words.Contains(Fold(message));

    /// <summary>Upper case without accents, and without whatever is no letter or digit at either end.</summary>
    public static string Fold(string text)
    {
        // Half a surrogate pair can't be normalized; read as runes it is a replacement character.
        var folded = new StringBuilder(text.Length);
        foreach (var letter in string.Concat(text.EnumerateRunes()).Normalize(NormalizationForm.FormKD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append(char.ToUpperInvariant(letter));
            }
        }

        var (start, end) = (0, folded.Length);
        while (start < end && !char.IsLetterOrDigit(folded[start]))
        {
            start++;
        }

        while (end > start && !char.IsLetterOrDigit(folded[end - 1]))
        {
            end--;
        }

        return folded.ToString(start, end - start);
    }
}
