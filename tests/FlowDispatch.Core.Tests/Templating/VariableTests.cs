using System.Text.Json;
using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

public sealed class VariableTests
{
    private const string Fields = """
        {"points": 150, "rate": 1.5, "price": 19.90, "active": true, "off": false, "nothing": null, "none": "",
         "items": "i", "keys": "k", "size": "GG", "count": 7, "values": "v", "first": "f", "last": "l",
         "address": {"street": "Rua Á", "no": 5}, "list": ["a", 1, null, true], "note": "{{discount}} {% raw %}", "big": 1e300}
        """;

    [Theory]
    [InlineData("{{contact.custom_fields.points}}", "150")]
    [InlineData("{{contact.attributes.points}}", "150")]
    [InlineData("{{contact.custom_fields.rate}}", "1.5")]
    [InlineData("{{contact.custom_fields.price}}", "19.90")]
    [InlineData("{{contact.custom_fields.big}}", "1E+300")]
    [InlineData("{{contact.custom_fields.active}}", "true")]
    [InlineData("{{contact.custom_fields.off}}", "false")]
    [InlineData("{{contact.custom_fields.nothing}}", "")]
    [InlineData("{{contact.custom_fields.unknown}}", "")]
    [InlineData("{{contact.custom_fields.unknown.deeper[3]}}", "")]
    [InlineData("{{contact.custom_fields.items}}", "i")]
    [InlineData("{{contact.custom_fields.keys}}", "k")]
    [InlineData("{{contact.custom_fields.size}}", "GG")]
    [InlineData("{{contact.custom_fields.count}}", "7")]
    [InlineData("{{contact.custom_fields.values}}", "v")]
    [InlineData("{{contact.custom_fields.first}}", "f")]
    [InlineData("{{contact.custom_fields.last}}", "l")]
    [InlineData("{{contact.custom_fields.address}}", """{"street":"Rua Á","no":5}""")]
    [InlineData("{{contact.custom_fields.address.street}}", "Rua Á")]
    [InlineData("{{contact.custom_fields.address.size}}", "")]
    [InlineData("{{contact.custom_fields.list}}", """["a",1,null,true]""")]
    [InlineData("{{contact.custom_fields.list[0]}}", "a")]
    [InlineData("{{contact.custom_fields.list[-1]}}", "true")]
    [InlineData("{{contact.custom_fields.list[9]}}", "")]
    [InlineData("{{contact.custom_fields.list.size}}", "4")]
    [InlineData("{{contact.custom_fields.note}}", "{{discount}} {% raw %}")]
    [InlineData("{{contact.custom_fields.note | append: '!'}}", "{{discount}} {% raw %}!")]
    [InlineData("{% if true %}{{contact.custom_fields.note}}{% endif %}", "{{discount}} {% raw %}")]
    [InlineData("{{contact.points}}", "")]
    [InlineData("{{contact.size}}", "")]
    [InlineData("{{contact.__class__}}", "")]
    [InlineData("{{contact.GetType}}", "")]
    [InlineData("{{contact.Name}}", "")]
    [InlineData("{{contact.name.Length}}", "")]
    [InlineData("{{contact.name.size}}", "14")]
    [InlineData("{{contact.name}}", "maria da silva")]
    [InlineData("{{contact['name']}}", "maria da silva")]
    [InlineData("{{contact.first_name}}", "maria")]
    [InlineData("{{contact.email}}", "maria@example.com")]
    [InlineData("{{contact.phone}}", "5511988887777")]
    [InlineData("{{contact.whatsapp_id}}", "5511988887777")]
    [InlineData("{{contact.id}}", "0199c0de-0000-7000-8000-000000000001")]
    [InlineData("{{contact.tags}}", """["vip","são paulo"]""")]
    [InlineData("{{contact.tags[1]}}", "são paulo")]
    [InlineData("{{contact.tags | join: ', '}}", "vip, são paulo")]
    [InlineData("{{contact.language}}/{{contact.time_zone}}", "pt-BR/America/Sao_Paulo")]
    [InlineData("{{automation.name}} {{automation.id}}", "Julho 0199c0de-0000-7000-8000-000000000002")]
    [InlineData("{{execution.id}}", "0199c0de-0000-7000-8000-000000000003")]
    [InlineData("{{channel.display_name}} {{channel.id}}", "Loja ch-1")]
    [InlineData("{{row[\"Nome do cliente\"]}}", "Zé")]
    [InlineData("{{ row['Nome do cliente'] | upcase }}", "ZÉ")]
    [InlineData("{{row.Preço}}", "R$ 10")]
    [InlineData("{{row['2ª via']}}", "sim")]
    [InlineData("{{event.order.items[0].name}}", "Livro")]
    [InlineData("{{event.order.items.first.name}}", "Livro")]
    [InlineData("{{nobody}}", "")]
    [InlineData("{{ contact.name | split: \" \" | first | capitalize }}", "Maria")]
    [InlineData("10%", "10%")]
    [InlineData("a } b { c %} d }} e", "a } b { c %} d }} e")]
    [InlineData("  two\r\nlines \t", "  two\r\nlines \t")]
    public void A_template_prints(string template, string expected)
    {
        var scope = Some.Scope(
            Some.Contact(Fields),
            row: """{"Nome do cliente": "Zé", "Preço": "R$ 10", "2ª via": "sim"}""",
            payload: """{"order": {"items": [{"name": "Livro"}]}}""");

        Assert.Equal(expected, Some.Resolved(template, scope));
        Assert.Equal(expected, Some.Engine().Parse(template).Render(scope.ToVariables()));
    }

    [Theory]
    [InlineData("10", "10")]
    [InlineData("1.5", "1.5")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("null", "")]
    [InlineData("\"\"", "")]
    public void A_mapping_takes_plain_values(string json, string expected) =>
        Assert.Equal(expected, Some.Mapping($$"""{"x": {{json}}}""").Resolve(Some.Scope()).Values["x"]);

    [Fact]
    public void A_whole_contact_prints_its_closed_set_of_fields()
    {
        using var json = JsonDocument.Parse(Some.Resolved("{{contact}}", Some.Scope(Some.Contact("""{"a": 1}"""))));

        Assert.Equal(
            ["id", "name", "first_name", "email", "phone", "whatsapp_id", "tags", "language", "time_zone", "custom_fields"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void Values_keep_the_mappings_order_and_answer_as_a_dictionary()
    {
        var mapping = Some.Mapping("""{"z": "{{contact.phone}}", "a": "b", "m": 3}""");

        var values = mapping.Resolve(Some.Scope()).Values;

        Assert.Equal(["z", "a", "m"], mapping.Names);
        Assert.Equal([new("z", "5511988887777"), new("a", "b"), new("m", "3")], values);
        Assert.True(values.TryGetValue("m", out var m) && m == "3");
        Assert.False(values.ContainsKey("q"));
        Assert.Throws<KeyNotFoundException>(() => values["q"]);
    }

    [Fact]
    public void Every_faulty_variable_is_named_with_its_place()
    {
        var error = Assert.Throws<VariableMappingException>(() =>
            Some.Mapping("""{"ok": "x", "list": [1], "object": {}, "typo": "a\n{{ contact.name | capitalise }}"}"""));

        Assert.Equal(["list", "object", "typo"], error.Errors.Select(e => e.Variable));
        Assert.Equal((2, 19), (error.Errors[2].Line, error.Errors[2].Column));
        Assert.Contains("'capitalize'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_only_be_empty_is_warned_about()
    {
        var mapping = Some.Mapping("""
            {"a": "{{customer.name}}", "b": "Oi {{ contact.points }}", "c": "{{row.x}}{{event.y}}{{contact.custom_fields.z}}",
             "d": "{% assign n = contact.name %}{{ n }}{{ channel.display_nam }}", "e": "{{ 'x' | append: cntact.name }}"}
            """);

        Assert.Equal(
            [("a", 1, 3), ("b", 1, 7), ("d", 1, 40), ("e", 1, 18)],
            mapping.Warnings.Select(w => (w.Variable, w.Line!.Value, w.Column!.Value)));
        Assert.Contains("contact.custom_fields.points", mapping.Warnings[1].Message, StringComparison.Ordinal);
        Assert.Contains("'display_name'", mapping.Warnings[2].Message, StringComparison.Ordinal);
        Assert.Contains("'contact'", mapping.Warnings[3].Message, StringComparison.Ordinal);
    }
}
