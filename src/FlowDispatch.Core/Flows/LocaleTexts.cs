namespace FlowDispatch.Flows;

/// <summary>Something in several languages: what is said to a person follows their language, then the automation's, then the text that stands without one.</summary>
/// <typeparam name="T">What is chosen.</typeparam>
internal sealed class LocaleTexts<T>
{
    private readonly T _default;
    private readonly Dictionary<string, (string Locale, T Text)> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Locale, T Text)> _byLanguage = new(StringComparer.OrdinalIgnoreCase);
    private readonly string? _automation;

    /// <param name="text">For everybody else.</param>
    /// <param name="translations">By BCP 47 tag, no tag twice.</param>
    /// <param name="automation">The automation's language.</param>
    public LocaleTexts(T text, IEnumerable<KeyValuePair<string, T>> translations, string? automation)
    {
        _default = text;
        _automation = automation;
        foreach (var (locale, translation) in translations.OrderBy(t => t.Key, StringComparer.OrdinalIgnoreCase))
        {
            _exact[Tag(locale)] = (locale, translation);
            _byLanguage.TryAdd(LanguageOf(Tag(locale)), (locale, translation));
        }
    }

    /// <summary>The text for a person, and its tag; null for the one that stands without.</summary>
    public (string? Locale, T Text) For(string? language) => Find(language) ?? Find(_automation) ?? (null, _default);

    // The tag itself, then ever less of it, then any of the same language: to someone from Lisbon a Brazilian text says more
    // than one in English.
    private (string? Locale, T Text)? Find(string? language)
    {
        if (string.IsNullOrEmpty(language) || _exact.Count == 0)
        {
            return null;
        }

        var whole = Tag(language);
        for (var tag = whole; tag.Length > 0; tag = tag[..Math.Max(0, tag.LastIndexOf('-'))])
        {
            if (_exact.TryGetValue(tag, out var found))
            {
                return found;
            }
        }

        return _byLanguage.TryGetValue(LanguageOf(whole), out var near) ? near : null;
    }

    private static string Tag(string written) => written.Replace('_', '-');

    private static string LanguageOf(string tag) => tag.IndexOf('-', StringComparison.Ordinal) is var end and > 0 ? tag[..end] : tag;
}
