using System.Globalization;
using System.Text;

namespace FlowDispatch.Templating.Scripts;

/// <summary>What a text is written in, and signs that something went wrong with it on the way here.</summary>
internal static class TextScripts
{
    public const string MixedScripts = "mixed_scripts";
    public const string Unreadable = "unreadable";
    public const string Braces = "braces";

    // Alphabets whose letters look like each other's; a word with two of them is a mistake or a trick.
    private const Script Alike = Script.Latin | Script.Greek | Script.Cyrillic;

    // By first character, each up to the next one's; letters only are looked up.
    private static readonly (int First, Script Script)[] Ranges =
    [
        (0x0000, Script.Latin), (0x0250, Script.Other), (0x0370, Script.Greek), (0x0400, Script.Cyrillic), (0x0530, Script.Armenian), (0x0590, Script.Hebrew),
        (0x0600, Script.Arabic), (0x0700, Script.Other), (0x0750, Script.Arabic), (0x0780, Script.Other), (0x08A0, Script.Arabic), (0x0900, Script.Devanagari),
        (0x0980, Script.Other), (0x0E00, Script.Thai), (0x0E80, Script.Other), (0x1100, Script.Hangul), (0x1200, Script.Other), (0x1C80, Script.Cyrillic),
        (0x1C90, Script.Other), (0x1E00, Script.Latin), (0x1F00, Script.Greek), (0x2000, Script.Other), (0x2DE0, Script.Cyrillic), (0x2E00, Script.Other),
        (0x3005, Script.Han), (0x3040, Script.Kana), (0x3100, Script.Other), (0x3130, Script.Hangul), (0x3190, Script.Other), (0x31F0, Script.Kana), (0x3200, Script.Other),
        (0x3400, Script.Han), (0xA000, Script.Other), (0xA640, Script.Cyrillic), (0xA6A0, Script.Other), (0xA720, Script.Latin), (0xA800, Script.Other),
        (0xAC00, Script.Hangul), (0xD7B0, Script.Other), (0xF900, Script.Han), (0xFB00, Script.Latin), (0xFB13, Script.Armenian), (0xFB1D, Script.Hebrew),
        (0xFB50, Script.Arabic), (0xFE00, Script.Other), (0xFE70, Script.Arabic), (0xFF00, Script.Latin), (0xFF66, Script.Kana), (0xFFA0, Script.Hangul), (0xFFE0, Script.Other),
        (0x20000, Script.Han), (0x32000, Script.Other),
    ];

    public static (Script Scripts, IReadOnlyList<string> Signs) Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', 'z'))
        {
            return (text.AsSpan().ContainsAnyInRange('A', 'z') ? Script.Latin : Script.None, []); // nearly all there are
        }

        var (scripts, word, mixed, unreadable) = (Script.None, Script.None, false, IsMisread(text));
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
            {
                var script = ScriptOf(rune.Value);
                word |= script & Alike;
                mixed |= word is not (Script.None or Script.Latin or Script.Greek or Script.Cyrillic);
                scripts |= script;
                continue;
            }

            unreadable |= IsUnreadable(rune);
            word = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark ? word : Script.None;
        }

        var signs = new List<string>();
        if (mixed)
        {
            signs.Add(MixedScripts);
        }

        if (unreadable)
        {
            signs.Add(Unreadable);
        }

        if (text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal))
        {
            signs.Add(Braces);
        }

        return (scripts, signs);
    }

    private static Script ScriptOf(int character)
    {
        var (low, high) = (0, Ranges.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Ranges[middle].First <= character ? (middle, high) : (low, middle - 1);
        }

        return Ranges[low].Script;
    }

    // Half a surrogate pair comes as the replacement character too. Marks of direction alone are no fault: right-to-left text has them.
    private static bool IsUnreadable(Rune rune) =>
        rune == Rune.ReplacementChar
        || (Rune.IsControl(rune) && rune.Value is not ('\n' or '\r' or '\t'))
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || rune.Value is >= 0x202A and <= 0x202E;

    // UTF-8 that was read as Latin-1: "JoÃ£o".
    private static bool IsMisread(string text)
    {
        for (var at = text.AsSpan().IndexOfAny('\u00C3', '\u00C2'); at >= 0 && at + 1 < text.Length;)
        {
            if (text[at + 1] is >= '\u0080' and <= '\u00BF')
            {
                return true;
            }

            var next = text.AsSpan(at + 1).IndexOfAny('\u00C3', '\u00C2');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }
}
