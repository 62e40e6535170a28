using System.Text;

namespace FlowDispatch.Core.Tests.Templating;

/// <summary>Templates from a seed that somebody wrote to do harm, or that are no templates at all.</summary>
internal sealed class HostileTemplates(int seed)
{
    private static readonly string[] Tags =
        ["{% if a %}", "{% endif %}", "{% unless a %}", "{% else %}", "{% elsif b %}", "{% case a %}", "{% when 1 %}", "{% for a in (1..9) %}", "{% endfor %}", "{% tablerow a in b cols:2 %}",
         "{% capture a %}", "{% endcapture %}", "{% assign a = a | append: a %}", "{% raw %}", "{% comment %}", "{% ifchanged %}", "{% cycle 'a', b %}", "{% increment a %}", "{% break %}", "{% continue %}",
         "{% include 'x' %}", "{% render 'x' %}", "{%- # remark -%}", "{{ a }}", "{{ forloop.parentloop.index }}", "{% liquid echo a %}", "{{", "}}", "{%", "%}", "{%-", "-%}"];

    private static readonly string[] Pieces =
        ["a", "a.b", "contact.name", "contact[contact.name]", "'", "\"", "'x'", "|", "| upcase", "| split: ''", "| date: '%Y%-m%^B%9'", "| times: 99999999999999999999", "| divided_by: 0", "| modulo: 0.0",
         "| round: -2147483648", "| slice: -9223372036854775808, 9223372036854775807", "| truncate: -1, a", "| replace: '', 'x'", "| url_decode", "| base64_decode", "| sort: 'a'", "| where: a, b", "..", "(", ")", "[", "]",
         "1..", "-", "99999999999999999999999999999999", "1e999", "0x10", "==", "=", "<>", "and", "or", "contains", "not", "nil", "empty", "blank", ":", ",", ".", "..b", "__proto__", "\0", "\uFEFF", "\u202E", "\uD83D", "😀", "é\u0301", "İ", "ſ", "\u2028"];

    private static readonly string[] Filters = [.. Pieces.Where(p => p.StartsWith('|'))];

    private readonly Random _random = new(seed);

    public string Next() => _random.Next(9) switch
    {
        0 => Many(Pick(Tags), 3_000),
        1 => Sequence(Tags, 60),
        2 => "{{ " + Sequence(Pieces, 30) + " }}",
        3 => "{% " + Pick(["if", "unless", "case", "for a in", "assign a =", "cycle", "capture", "when", "elsif", ""]) + " " + Sequence(Pieces, 20) + " %}" + Sequence(Tags, 10),
        4 => Deep(),
        5 => Bomb(),
        6 => Noise(),
        7 => Many(Pick(Pieces), 5_000) + Sequence(Tags, 5),
        _ => "{{ a " + Many(Pick(Filters), 2_000) + " }}",
    };

    private string Deep()
    {
        var depth = _random.Next(1, _random.Next(2) == 0 ? 80 : 9_000);
        return _random.Next(6) switch
        {
            0 => "{{ " + Repeat("a[", depth) + "0" + Repeat("]", depth) + " }}",
            1 => "{{ " + Repeat("(1..", depth) + "1" + Repeat(")", depth) + " }}",
            2 => "{% if " + Repeat("a and ", depth) + "a %}x{% endif %}",
            3 => "{{ a" + Repeat(".a", depth) + " }}",
            4 => Repeat("{% for a in (1..2) %}", depth) + "x" + Repeat("{% endfor %}", depth),
            _ => Repeat("{% if a %}", depth) + "x" + Repeat("{% else %}y{% endif %}", depth),
        };
    }

    private string Bomb()
    {
        var (n, m) = (_random.Next(1, 5_000), _random.NextInt64(1, long.MaxValue));
        return _random.Next(9) switch
        {
            0 => $"{{% for a in (1..{m}) %}}{{{{ a }}}}{{% endfor %}}",
            1 => $"{{% for a in (1..{n}) %}}{{% for b in (1..{n}) %}}{{% for c in (1..{n}) %}}x{{% endfor %}}{{% endfor %}}{{% endfor %}}",
            2 => $"{{% assign a = 'ab' %}}{{% for i in (1..{n}) %}}{{% assign a = a | append: a %}}{{% endfor %}}{{{{ a }}}}",
            3 => $"{{% capture a %}}{new string('x', n)}{{% endcapture %}}{{{{ a | replace: 'x', a | replace: 'x', a }}}}",
            4 => $"{{% assign l = 'a b' | split: ' ' %}}{{% for i in (1..{n}) %}}{{% assign l = l | concat: l | sort | reverse | uniq %}}{{% endfor %}}",
            5 => $"{{{{ (1..{m}) | join: 'x' | size }}}}",
            6 => $"{{% tablerow a in (1..{n}) cols:{m} %}}{{% cycle a, 'b' %}}{{% endtablerow %}}",
            7 => $"{{{{ '{new string('<', n)}' | escape | escape | escape | strip_html | url_encode | url_encode | base64_encode }}}}",
            _ => $"{{% for a in (1..{n}) %}}{{% increment x %}}{{% capture c %}}{{{{ c }}}}{{{{ a }}}}{{% endcapture %}}{{% endfor %}}{{{{ c | split: '' | sort | join }}}}",
        };
    }

    // Bytes that never were a template, read as UTF-8 or as Latin-1.
    private string Noise()
    {
        var bytes = new byte[_random.Next(1, 400)];
        _random.NextBytes(bytes);
        var text = _random.Next(2) == 0 ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        return text.Insert(_random.Next(text.Length), "{{").Insert(_random.Next(text.Length), "{% if") + Pick(["}}", "%}", "\uDC00"]);
    }

    private string Sequence(IReadOnlyList<string> from, int most) =>
        string.Concat(Enumerable.Range(0, _random.Next(1, most)).Select(_ => Pick(from) + Pick(["", " ", "\n"])));

    private string Many(string part, int most) => Repeat(part, _random.Next(1, most));

    private static string Repeat(string part, int times) => new StringBuilder(part.Length * times).Insert(0, part, times).ToString();

    private string Pick(IReadOnlyList<string> from) => from[_random.Next(from.Count)];
}
