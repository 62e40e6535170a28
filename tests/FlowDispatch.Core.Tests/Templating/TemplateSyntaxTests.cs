using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

public sealed class TemplateSyntaxTests
{
    [Theory]
    [InlineData("Oi {{ contact.name", 1, 4, "never closed")]
    [InlineData("Oi {{ contact.name } it's {{ x }}", 1, 4, "never closed")]
    [InlineData("a\r\n  {% if x", 2, 3, "never closed")]
    [InlineData("{{ 'abc }}", 1, 4, "never closed")]
    [InlineData("{{ }}", 1, 4, "A value was expected")]
    [InlineData("{{ contact. }}", 1, 13, "a name was expected after the dot")]
    [InlineData("{{ row.Nome do cliente }}", 1, 13, "row[\"Full name\"]")]
    [InlineData("{{ a b }}", 1, 6, "Unexpected 'b'")]
    [InlineData("{{ a['x' }}", 1, 10, "']' was expected")]
    [InlineData("{{ a | }}", 1, 8, "the name of a filter was expected")]
    [InlineData("{{ a || b }}", 1, 7, "the name of a filter was expected")]
    [InlineData("a\n b {{ name | capitalise }}", 2, 14, "Did you mean 'capitalize'?")]
    [InlineData("{{ name | xyzzyxyzzy }}", 1, 11, "There is no filter 'xyzzyxyzzy'.")]
    [InlineData("{% assign x = name | upcasse %}", 1, 22, "'upcase'")]
    [InlineData("{{ name | split }}", 1, 11, "takes 1 argument, not 0")]
    [InlineData("{{ name | upcase: 1 }}", 1, 11, "takes no arguments, not 1")]
    [InlineData("{{ name | default: 'x', allow_false: true }}", 1, 11, "takes 1 argument")]
    [InlineData("{{ 99999999999999999999999999999999 }}", 1, 4, "too large")]
    [InlineData("{{ (1..2 }}", 1, 10, "')' was expected")]
    [InlineData("{{ @ }}", 1, 4, "Unexpected '@'")]
    [InlineData("{% %}", 1, 4, "The name of a tag was expected")]
    [InlineData("{% unles x %}", 1, 4, "Did you mean 'unless'?")]
    [InlineData("x {% include 'a' %}", 1, 6, "not available")]
    [InlineData("{% render 'a' %}", 1, 4, "not available")]
    [InlineData("{% layout 'a' %}", 1, 4, "not available")]
    [InlineData("{% extends 'a' %}", 1, 4, "not available")]
    [InlineData("{% block a %}{% endblock %}", 1, 4, "not available")]
    [InlineData("{% param culture='de' %}", 1, 4, "not available")]
    [InlineData("{% if x %}\n{% for y in z %}", 2, 1, "'for' is never closed")]
    [InlineData("{% if x %}{% endfor %}", 1, 11, "{% endif %}")]
    [InlineData("{% endif %}", 1, 1, "closes nothing")]
    [InlineData("{% else %}", 1, 1, "outside")]
    [InlineData("{% for a in b %}{% elsif x %}{% endfor %}", 1, 17, "outside")]
    [InlineData("{% if a %}{% else %}{% else %}{% endif %}", 1, 21, "after the 'else'")]
    [InlineData("{% if a %}{% else %}{% elsif b %}{% endif %}", 1, 21, "after the 'else'")]
    [InlineData("{% if %}{% endif %}", 1, 7, "A value was expected")]
    [InlineData("{% if a = b %}{% endif %}", 1, 9, "write '=='")]
    [InlineData("{% if a && b %}{% endif %}", 1, 9, "Unexpected '&'")]
    [InlineData("{% if (a or b) %}{% endif %}", 1, 10, "parentheses only hold a range")]
    [InlineData("{% if a == %}{% endif %}", 1, 12, "A value was expected")]
    [InlineData("{% endif x %}", 1, 10, "nothing more")]
    [InlineData("{% case a %}{{ b }}{% endcase %}", 1, 13, "nothing can stand")]
    [InlineData("{% case a %}{% if b %}{% endif %}{% endcase %}", 1, 13, "nothing can stand")]
    [InlineData("{% when 1 %}", 1, 1, "outside")]
    [InlineData("{% for a %}{% endfor %}", 1, 10, "'in' was expected")]
    [InlineData("{% for a in b cols:2 %}{% endfor %}", 1, 15, "Unexpected 'cols'")]
    [InlineData("{% for 1 in b %}{% endfor %}", 1, 8, "a name was expected")]
    [InlineData("{% break %}", 1, 1, "outside of a 'for'")]
    [InlineData("{% assign x %}", 1, 13, "'=' was expected")]
    [InlineData("{% assign a.b = 1 %}", 1, 12, "'=' was expected")]
    [InlineData("{% raw %} x", 1, 1, "'raw' is never closed")]
    [InlineData("{% comment %}{% endraw %}", 1, 1, "'comment' is never closed")]
    [InlineData("{% capture %}{% endcapture %}", 1, 12, "a name was expected")]
    public void A_template_that_is_not_liquid_is_refused_at_its_place(string template, int line, int column, string reason)
    {
        var error = Assert.Throws<TemplateSyntaxException>(() => Some.Engine().Parse(template));

        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"Line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void References_are_what_the_template_takes_from_outside()
    {
        var template = Some.Engine().Parse("""
            {{ contact.name | append: row["Nome do cliente"] }}
            {% assign contact = contact.name %}{{ contact }}
            {% for item in event.items limit: max %}{{ item.name }}{{ forloop.index }}{{ other[item.key] }}{% endfor %}{{ item }}
            {% if a.b == "x" and c %}{% endif %}{% capture d %}{{ d }}{% endcapture %}{{ d }}{% increment e %}{{ e }}
            {% raw %}{{ no }}{% endraw %}{% comment %}{{ no }}{% endcomment %}{{ true }}{{ 1 }}
            """.ReplaceLineEndings("\n"));

        Assert.Equal(
            [
                ("contact.name", 1, 4), ("row[\"Nome do cliente\"]", 1, 27), ("contact.name", 2, 21), ("event.items", 3, 16), ("max", 3, 35),
                ("other[item.key]", 3, 78), ("item", 3, 111), ("a.b", 4, 7), ("c", 4, 22),
            ],
            template.References.Select(r => (r.Path, r.Line, r.Column)));
        Assert.Equal(["contact", "row", "contact", "event", "max", "other", "item", "a", "c"], template.References.Select(r => r.Root));
        Assert.Equal("Nome do cliente", template.References[1].Field);
    }
}
