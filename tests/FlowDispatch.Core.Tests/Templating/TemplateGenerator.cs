using System.Text.Json;
using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Core.Tests.Templating;

/// <summary>Templates and contacts from a seed: whole ones by the grammar, broken ones by chance.</summary>
internal sealed class TemplateGenerator(int seed)
{
    private static readonly string[] Fields =
        ["contact.name", "contact.first_name", "contact.email", "contact.phone", "contact.id", "contact.tags", "contact.tags[0]", "contact.tags.size", "contact",
         "contact.custom_fields", "contact.custom_fields.a", "contact.attributes.b", "contact.custom_fields['c d']", "contact.custom_fields.e.f", "contact.custom_fields.g[1]",
         "contact.custom_fields.size", "contact.custom_fields.a.size", "contact.custom_fields.g.first", "contact.custom_fields.g.last.x", "contact.custom_fields.e[contact.custom_fields.a]",
         "contact.zzz", "contact.__class__", "contact[0]", "contact['name']", "row['Nome do cliente']", "row.x", "row", "event.a.b", "event", "automation.name", "automation", "execution.id",
         "channel.display_name", "nobody", "nobody.x[1].y", "i", "x", "forloop.index", "forloop.last", "forloop", "tablerowloop", "tablerowloop.col_last"];

    private static readonly string[] Values =
        ["null", "true", "false", "0", "150", "-3", "1.5", "19.90", "1e40", "\"\"", "\" \"", "\"Zé 😀\"", "\"{{ x }}{% raw %}\"", "\"12\"", "[]", "[1,\"a\",null]", "{}",
         "{\"f\":\"deep\",\"size\":3,\"x\":[{\"y\":1}]}", "\"2026-07-05T10:00:00Z\"", "[[1,2],{\"x\":\"last\"}]"];

    private static readonly string[] Literals = ["'a'", "\" \"", "''", "0", "1", "-2", "3.5", "true", "nil", "empty", "'%d/%m/%Y'", "(1..3)"];

    private static readonly LiquidFilter[] Filters = [.. LiquidFilters.ByName.Values.OrderBy(f => f.Name, StringComparer.Ordinal)];

    private readonly Random _random = new(seed);

    public string Path() => Pick(Fields);

    public string Text() => Pick(["", "Olá ", "10%", "{ ", "}} ", "\n", "a }", "%}", "'", " \t "]);

    public FlowDispatch.Templating.VariableScope Scope() => Some.Scope(
        Some.Contact(
            JsonObject("a", "b", "c d", "e", "g", "size"),
            name: Pick<string?>([null, "", " ", "Ana", "José da Silva", "  Bia", "{{ contact.email }}"])),
        Maybe() ? null : JsonObject("Nome do cliente", "x"),
        Maybe() ? null : JsonObject("a", "b"));

    /// <summary>A template that Liquid allows.</summary>
    public string Template(int depth = 0)
    {
        var parts = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Text() + Part(depth));
        return string.Concat(parts) + Text();
    }

    /// <summary>A template that somebody has damaged.</summary>
    public string Damaged()
    {
        var text = Template().ToList();
        for (var i = _random.Next(1, 6); i > 0 && text.Count > 0; i--)
        {
            var at = _random.Next(text.Count);
            switch (_random.Next(3))
            {
                case 0:
                    text.RemoveRange(at, Math.Min(_random.Next(1, 9), text.Count - at));
                    break;
                case 1:
                    text.InsertRange(at, Pick(["{{", "}}", "{%", "%}", "'", "\"", "|", "[", "]", "(", "..", "-", "end", "\0", "😀"[..1], "{% endif %}", "{% for", "99999999999"]));
                    break;
                default:
                    var length = Math.Min(_random.Next(1, 20), text.Count - at);
                    text.InsertRange(_random.Next(text.Count), text.GetRange(at, length));
                    break;
            }
        }

        return new string([.. text]);
    }

    private string Part(int depth) => _random.Next(depth > 3 ? 4 : 14) switch
    {
        0 or 1 => $"{{{{{Dash()} {Path()} {Dash()}}}}}",
        2 or 3 => $"{{{{ {Filtered()} }}}}",
        4 => $"{{% if {Condition()} %}}{Template(depth + 1)}{{% elsif {Condition()} %}}{Template(depth + 1)}{{% else %}}{Template(depth + 1)}{{% endif %}}",
        5 => $"{{%- unless {Condition()} -%}}{Template(depth + 1)}{{% endunless %}}",
        6 => $"{{% for i in {Operand()} limit:{Operand()} %}}{Template(depth + 1)}{{% else %}}{Text()}{{% endfor %}}",
        7 => $"{{% case {Operand()} %}}{{% when {Operand()}, {Operand()} %}}{Template(depth + 1)}{{% else %}}{Text()}{{% endcase %}}",
        8 => $"{{% assign x = {Filtered()} %}}",
        9 => $"{{% capture x %}}{Template(depth + 1)}{{% endcapture %}}",
        11 => $"{{% tablerow i in {Operand()}{(Maybe() ? $" cols:{Operand()}" : "")} %}}{Template(depth + 1)}{{% endtablerow %}}",
        12 => $"{{% for x in {Operand()} reversed offset:{Operand()} %}}{Template(depth + 1)}{{% if {Condition()} %}}{{% {Pick(["break", "continue"])} %}}{{% endif %}}{Template(depth + 1)}{{% endfor %}}",
        10 => $"{{% cycle {Operand()}, {Operand()} %}}{{% increment i %}}{{% decrement x %}}",
        _ => $"{{% ifchanged %}}{Template(depth + 1)}{{% endifchanged %}}{{% comment %}}{Text()}{{% endcomment %}}{{% raw %}}{Text()}{{{{ x }}}}{{% endraw %}}",
    };

    private string Condition()
    {
        var comparison = $"{Operand()} {Pick(["==", "!=", "<", ">", "<=", ">=", "contains"])} {Operand()}";
        return _random.Next(3) == 0 ? $"{comparison} {Pick(["and", "or"])} {Condition()}" : Maybe() ? Operand() : comparison;
    }

    /// <summary>A value with filters, without braces.</summary>
    public string Filtered()
    {
        var filters = Enumerable.Range(0, _random.Next(1, 4)).Select(_ =>
        {
            var filter = Pick<LiquidFilter>(Filters);
            var count = _random.Next(filter.LeastArguments, filter.MostArguments + 1);
            return $" | {filter.Name}{(count == 0 ? "" : ": ")}{string.Join(", ", Enumerable.Range(0, count).Select(_ => Operand()))}";
        });
        return Operand() + string.Concat(filters);
    }

    private string Operand() => _random.Next(3) == 0 ? Pick(Literals) : Path();

    private string JsonObject(params ReadOnlySpan<string> names)
    {
        var fields = new List<string>();
        foreach (var name in names)
        {
            if (!Maybe())
            {
                fields.Add($"{JsonSerializer.Serialize(name)}:{Pick(Values)}");
            }
        }

        return "{" + string.Join(',', fields) + "}";
    }

    private string Dash() => _random.Next(4) == 0 ? "-" : "";

    private bool Maybe() => _random.Next(3) == 0;

    private T Pick<T>(ReadOnlySpan<T> from) => from[_random.Next(from.Length)];
}
