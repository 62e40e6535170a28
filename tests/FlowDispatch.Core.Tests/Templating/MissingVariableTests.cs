namespace FlowDispatch.Core.Tests.Templating;

public sealed class MissingVariableTests
{
    [Theory]
    [InlineData("{{contact.name}}", "contact.name")]
    [InlineData("{{ row[\"Nome do cliente\"] }}", "row[\"Nome do cliente\"]")]
    [InlineData("{{contact.custom_fields.blank}}", "contact.custom_fields.blank")]
    [InlineData("Oi {{contact.name}}, {{ contact.name }}!", "contact.name")]
    [InlineData("{{ contact.name | upcase }}", "contact.name")]
    [InlineData("{{ contact.custom_fields.points | plus: 10 }}", "contact.custom_fields.points")]
    [InlineData("{{ 'Oi ' | append: contact.name }}", "contact.name")]
    [InlineData("{% assign n = contact.name | split: ' ' | first %}Oi {{ n }}", "contact.name")]
    [InlineData("{% if true %}{{ nobody.knows }}{% endif %}", "nobody.knows")]
    [InlineData("{{contact.email}}", "")]
    [InlineData("{{ contact.name | default: 'cliente' }}", "")]
    [InlineData("{% if contact.name %}{{ contact.name }}{% else %}cliente{% endif %}", "")]
    [InlineData("{% unless contact.name == blank %}Oi {{ contact.name }}{% endunless %}", "")]
    [InlineData("{% for tag in contact.custom_fields.none %}{{ tag }}{% endfor %}", "")]
    [InlineData("{{contact.custom_fields.no}}", "")]
    public void Only_what_was_to_be_printed_and_is_nothing_is_missing(string template, string path)
    {
        var scope = Some.Scope(Some.Contact("""{"blank": "", "no": false}""", name: null), row: "{}");

        var resolved = Some.Mapping(System.Text.Json.JsonSerializer.Serialize(new { x = template })).Resolve(scope);

        Assert.Equal(path.Length == 0 ? [] : [path], resolved.Missing);
    }

    [Fact]
    public void A_path_that_several_variables_miss_is_told_once()
    {
        var mapping = Some.Mapping("""{"a": "{{contact.name}}", "b": "Oi {{contact.name}}", "c": "{{contact.name | upcase}}"}""");

        Assert.Equal(["contact.name"], mapping.Resolve(Some.Scope(Some.Contact(name: null))).Missing);
    }

    [Fact]
    public void No_more_than_fifty_paths_are_told()
    {
        var template = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{{{{ a{i} }}}}"));
        var mapping = Some.Mapping(System.Text.Json.JsonSerializer.Serialize(new { x = template, y = "{{ contact.custom_fields.b }}" }));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"a{i}"), mapping.Resolve(Some.Scope()).Missing);
    }
}
