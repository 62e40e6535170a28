using System.Text;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Filters on text. Letters change case by no culture; counts are of characters, so that no emoji is cut in two.</summary>
internal static class TextFilters
{
    public static IReadOnlyList<LiquidFilter> All { get; } =
    [
        new("append", 1, 1, (e, input, a) => Concat(e, Text(e, input), Text(e, a[0]))),
        new("prepend", 1, 1, (e, input, a) => Concat(e, Text(e, a[0]), Text(e, input))),
        new("capitalize", 0, 0, (e, input, _) => Capitalize(Text(e, input))),
        new("downcase", 0, 0, (e, input, _) => Text(e, input).ToLowerInvariant()),
        new("upcase", 0, 0, (e, input, _) => Text(e, input).ToUpperInvariant()),
        new("strip", 0, 0, (e, input, _) => Text(e, input).Trim()),
        new("lstrip", 0, 0, (e, input, _) => Text(e, input).TrimStart()),
        new("rstrip", 0, 0, (e, input, _) => Text(e, input).TrimEnd()),
        new("strip_newlines", 0, 0, (e, input, _) => Text(e, input).Replace("\r\n", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)),
        new("newline_to_br", 0, 0, (e, input, _) => Substitute(e, Text(e, input).Replace("\r\n", "\n", StringComparison.Ordinal), "\n", "<br />\n")),
        new("replace", 1, 2, (e, input, a) => Substitute(e, Text(e, input), Text(e, a[0]), Optional(e, a, 1, ""))),
        new("replace_first", 1, 2, (e, input, a) => SubstituteFirst(e, Text(e, input), Text(e, a[0]), Optional(e, a, 1, ""))),
        new("remove", 1, 1, (e, input, a) => Substitute(e, Text(e, input), Text(e, a[0]), "")),
        new("remove_first", 1, 1, (e, input, a) => SubstituteFirst(e, Text(e, input), Text(e, a[0]), "")),
        new("split", 1, 1, (e, input, a) => Split(e, Text(e, input), Text(e, a[0]))),
        new("truncate", 0, 2, (e, input, a) => Truncate(Text(e, input), a.Length > 0 ? LiquidNumber.ToWhole(a[0]) : 50, Optional(e, a, 1, "..."))),
        new("truncatewords", 0, 2, TruncateWords),
        new("truncate_words", 0, 2, TruncateWords),
    ];

    /// <summary>Characters <paramref name="from"/> to <paramref name="count"/> more, or as many as there are.</summary>
    public static string Characters(string text, int from, int count)
    {
        var start = Offset(text, 0, from);
        return text[start..Offset(text, start, count)];
    }

    internal static string Text(Evaluation evaluation, object? value) => value as string ?? LiquidValue.Text(value, evaluation);

    private static string Optional(Evaluation evaluation, object?[] arguments, int index, string otherwise) =>
        arguments.Length > index ? Text(evaluation, arguments[index]) : otherwise;

    private static int Offset(string text, int start, int characters)
    {
        var at = start;
        for (; characters > 0 && at < text.Length; characters--)
        {
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        }

        return at;
    }

    private static string Concat(Evaluation evaluation, string first, string second)
    {
        evaluation.Allow((long)first.Length + second.Length);
        return first + second;
    }

    private static string Capitalize(string text) =>
        text.Length == 0 ? text : string.Concat(Characters(text, 0, 1).ToUpperInvariant(), text[Offset(text, 0, 1)..].ToLowerInvariant());

    private static string Substitute(Evaluation evaluation, string text, string sought, string replacement)
    {
        if (sought.Length == 0)
        {
            return text;
        }

        evaluation.ChargeSearch(text, sought);
        if (replacement.Length > sought.Length)
        {
            // Before it is built: 64 K times 64 K is a text that no machine holds.
            var found = (long)text.AsSpan().Count(sought);
            evaluation.Allow(text.Length + (found * (replacement.Length - sought.Length)));
        }

        return text.Replace(sought, replacement, StringComparison.Ordinal);
    }

    private static string SubstituteFirst(Evaluation evaluation, string text, string sought, string replacement)
    {
        evaluation.ChargeSearch(text, sought);
        var at = sought.Length == 0 ? -1 : text.IndexOf(sought, StringComparison.Ordinal);
        return at < 0 ? text : string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + sought.Length));
    }

    private static List<object?> Split(Evaluation evaluation, string text, string separator)
    {
        evaluation.ChargeSearch(text, separator);
        if (separator.Length == 0)
        {
            evaluation.ChargeItems(text.Length);
            return [.. text.EnumerateRunes().Select(r => r.ToString())];
        }

        if (separator == " ")
        {
            // As in Ruby, where a space means "words".
            return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        }

        var parts = text.Split(separator);
        evaluation.ChargeItems(parts.Length);
        var length = parts.Length;
        while (length > 0 && parts[length - 1].Length == 0)
        {
            length--;
        }

        return [.. parts.AsSpan(0, length)];
    }

    private static string Truncate(string text, int length, string ending)
    {
        if (LiquidValue.CharacterCount(text) <= length)
        {
            return text;
        }

        var kept = Math.Max(0, length - (int)LiquidValue.CharacterCount(ending));
        return Characters(text, 0, kept) + ending;
    }

    private static string TruncateWords(Evaluation evaluation, object? input, object?[] arguments)
    {
        var text = Text(evaluation, input);
        var count = arguments.Length > 0 ? Math.Max(1, LiquidNumber.ToWhole(arguments[0])) : 15;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length <= count
            ? text
            : new StringBuilder().AppendJoin(' ', words.Take(count)).Append(Optional(evaluation, arguments, 1, "...")).ToString();
    }
}
