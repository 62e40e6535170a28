namespace FlowDispatch.Templating.Liquid;

internal enum FragmentKind
{
    Text,
    Output,
    Tag,
}

/// <summary>A piece of a template: literal text, or what stands between the braces of an output or a tag.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Opening">Where it begins, braces included.</param>
/// <param name="Start">Where its content begins.</param>
/// <param name="End">Where its content ends (exclusive).</param>
internal readonly record struct Fragment(FragmentKind Kind, int Opening, int Start, int End);

/// <summary>Cuts a template into text, outputs and tags, whitespace control applied.</summary>
internal sealed class TagScanner(TemplateSource source)
{
    private readonly string _text = source.Text;
    private int _position;
    private bool _trimNext;

    /// <summary>The next piece; false at the end. Empty text is left out.</summary>
    public bool TryRead(out Fragment fragment)
    {
        var opening = FindOpening(_position);
        if (opening > _position && TrimmedText(_position, opening) is var text && text.End > text.Start)
        {
            _position = opening;
            fragment = text;
            return true;
        }

        _position = opening;
        fragment = default;
        if (opening == _text.Length)
        {
            return false;
        }

        fragment = ReadBraces(opening);
        return true;
    }

    /// <summary>Reads on, as plain text, to the tag that ends the block just opened (<c>raw</c>, <c>comment</c>).</summary>
    public Fragment ReadUntil(string endTag, string block, int blockOpening)
    {
        for (var at = _position; (at = _text.IndexOf("{%", at, StringComparison.Ordinal)) >= 0; at += 2)
        {
            var cursor = SkipSpace(Is(at + 2, '-') ? at + 3 : at + 2);
            if (string.CompareOrdinal(_text, cursor, endTag, 0, endTag.Length) != 0)
            {
                continue;
            }

            cursor = SkipSpace(cursor + endTag.Length);
            var trimAfter = Is(cursor, '-');
            cursor += trimAfter ? 1 : 0;
            if (Is(cursor, '%') && Is(cursor + 1, '}'))
            {
                var content = TrimmedText(_position, at);
                (_position, _trimNext) = (cursor + 2, trimAfter);
                return content;
            }
        }

        throw source.Error(blockOpening, $"The block '{block}' is never closed; end it with {{% {endTag} %}}.");
    }

    private Fragment TrimmedText(int start, int end)
    {
        if (_trimNext)
        {
            start = Math.Min(SkipSpace(start), end);
        }

        if (Is(end + 2, '-'))
        {
            while (end > start && char.IsWhiteSpace(_text[end - 1]))
            {
                end--;
            }
        }

        _trimNext = false;
        return new(FragmentKind.Text, start, start, end);
    }

    private Fragment ReadBraces(int opening)
    {
        var isTag = _text[opening + 1] == '%';
        var closing = isTag ? '%' : '}';
        var start = opening + (Is(opening + 2, '-') ? 3 : 2);
        for (var at = start; at < _text.Length; at++)
        {
            var c = _text[at];
            if (c is '"' or '\'')
            {
                var quote = at;
                at = _text.IndexOf(c, at + 1);
                if (at < 0)
                {
                    throw source.Error(quote, $"The text that begins with {c} is never closed.");
                }
            }
            else if (c == closing && Is(at + 1, '}'))
            {
                _trimNext = at > start && _text[at - 1] == '-';
                _position = at + 2;
                return new(isTag ? FragmentKind.Tag : FragmentKind.Output, opening, start, _trimNext ? at - 1 : at);
            }
            else if (c is '{' or '}')
            {
                break; // no expression has braces: the closing ones were forgotten
            }
        }

        throw source.Error(opening, isTag ? "The tag is never closed; end it with %}." : "The output is never closed; end it with }}.");
    }

    private int FindOpening(int from)
    {
        for (var at = from; (at = _text.IndexOf('{', at)) >= 0; at++)
        {
            if (Is(at + 1, '{') || Is(at + 1, '%'))
            {
                return at;
            }
        }

        return _text.Length;
    }

    private int SkipSpace(int at)
    {
        while (at < _text.Length && char.IsWhiteSpace(_text[at]))
        {
            at++;
        }

        return at;
    }

    private bool Is(int at, char c) => at < _text.Length && _text[at] == c;
}
