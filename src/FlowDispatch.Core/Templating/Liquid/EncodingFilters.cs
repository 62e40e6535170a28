using System.Net;
using System.Text;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Filters that write a text for another medium.</summary>
internal static class EncodingFilters
{
    private static readonly (string Start, string End)[] HiddenParts = [("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">")];

    public static IReadOnlyList<LiquidFilter> All { get; } =
    [
        new("escape", 0, 0, (e, input, _) => Escape(TextFilters.Text(e, input))),
        new("h", 0, 0, (e, input, _) => Escape(TextFilters.Text(e, input))),
        new("escape_once", 0, 0, (e, input, _) => Escape(WebUtility.HtmlDecode(TextFilters.Text(e, input)))),
        new("strip_html", 0, 0, (e, input, _) => StripHtml(TextFilters.Text(e, input))),
        new("url_encode", 0, 0, (e, input, _) => WebUtility.UrlEncode(TextFilters.Text(e, input))),
        new("url_decode", 0, 0, (e, input, _) => WebUtility.UrlDecode(TextFilters.Text(e, input))),
        new("base64_encode", 0, 0, (e, input, _) => Convert.ToBase64String(Encoding.UTF8.GetBytes(TextFilters.Text(e, input)))),
        new("base64_decode", 0, 0, (e, input, _) => FromBase64(e, TextFilters.Text(e, input))),
        new("base64_url_safe_encode", 0, 0, (e, input, _) =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes(TextFilters.Text(e, input))).Replace('+', '-').Replace('/', '_')),
        new("base64_url_safe_decode", 0, 0, (e, input, _) => FromBase64(e, TextFilters.Text(e, input).Replace('-', '+').Replace('_', '/'))),
    ];

    // Only what HTML needs: letters with accents stay letters.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    // By hand and in one pass: a lazy regular expression would search to the end again for every '<'.
    private static string StripHtml(string text)
    {
        var kept = new StringBuilder(text.Length);
        var endless = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('<', at);
            if (open < 0 || endless.Contains(">"))
            {
                kept.Append(text, at, text.Length - at);
                break;
            }

            kept.Append(text, at, open - at);
            at = open;
            foreach (var (start, end) in HiddenParts)
            {
                if (endless.Contains(end) || string.Compare(text, open, start, 0, start.Length, StringComparison.OrdinalIgnoreCase) != 0)
                {
                    continue;
                }

                var close = text.IndexOf(end, open + start.Length, StringComparison.OrdinalIgnoreCase);
                if (close >= 0)
                {
                    at = close + end.Length;
                    break;
                }

                endless.Add(end);
            }
        }

        return kept.ToString();
    }

    private static string FromBase64(Evaluation evaluation, string text)
    {
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var count)
            ? Encoding.UTF8.GetString(bytes, 0, count)
            : throw evaluation.Error("The text is not base64.");
    }
}
