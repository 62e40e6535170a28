using System.Text.RegularExpressions;

namespace FlowDispatch.Contacts;

/// <summary>Languages as BCP 47 writes them, like <c>pt-BR</c>; <c>_</c> is taken for <c>-</c>, since many systems write that.</summary>
internal static partial class LanguageTag
{
    private const int Longest = 35;

    /// <summary>Whether it is in the form of a tag; whether anybody speaks it is not asked.</summary>
    public static bool IsValid(string text) => text.Length <= Longest && Pattern().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
