using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

public sealed class BlockTests
{
    private const string Variables = """
        {"points": 150, "half": 100.5, "text": "99", "name": "Ana", "none": null, "space": " ", "yes": true, "no": false, "empty_list": [],
         "tags": ["vip", "novo"], "people": [{"n": "Ana", "a": 3}, {"n": "Bia", "a": 1}], "map": {"b": 1, "a": 2}, "v0": "mine", "l0": "too"}
        """;

    [Theory]
    [InlineData("{% if points > 100 %}Gold{% else %}Silver{% endif %}", "Gold")]
    [InlineData("{% if points > 200 %}A{% elsif points >= 150 %}B{% elseif true %}C{% endif %}", "B")]
    [InlineData("{% if 100 < half and half < 101 %}between{% endif %}", "between")]
    [InlineData("{% if text < 100 %}a number in text counts as one{% endif %}", "a number in text counts as one")]
    [InlineData("{% if name < 100 or name > 100 %}never{% endif %}", "")]
    [InlineData("{% if none > 1 or none < 1 %}never{% endif %}", "")]
    [InlineData("{% if none == nil and space == blank and empty_list == empty and name != empty %}x{% endif %}", "x")]
    [InlineData("{% if space == empty %}x{% else %}y{% endif %}", "y")]
    [InlineData("{% if yes == true and no == false and no <> true %}x{% endif %}", "x")]
    [InlineData("{% if no %}a{% endif %}{% if none %}b{% endif %}{% if unknown.x %}c{% endif %}{% if name %}d{% endif %}", "d")]
    [InlineData("{% if true or false and false %}right to left{% endif %}", "right to left")]
    [InlineData("{% if false and false or true %}x{% else %}right to left{% endif %}", "right to left")]
    [InlineData("{% if tags contains 'vip' and name contains 'n' and map contains 'a' %}x{% endif %}", "x")]
    [InlineData("{% if tags contains 'vi' %}x{% else %}y{% endif %}", "y")]
    [InlineData("{% unless points > 200 %}small{% else %}large{% endunless %}", "small")]
    [InlineData("{% case name %} ignored {% when 'Bia', 'Ana' %}1{% when 'Zé' %}2{% else %}3{% endcase %}", "1")]
    [InlineData("{% case points %}{% when 1 or 150 %}x{% endcase %}", "x")]
    [InlineData("{% case name %}{% else %}only{% endcase %}", "only")]
    [InlineData("{% case name %}{% endcase %}", "")]
    [InlineData("{% for t in tags %}{{ forloop.index }}/{{ forloop.length }}={{ t }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "1/2=vip, 2/2=novo")]
    [InlineData("{% for i in (1..5) offset:1 limit:3 reversed %}{{ i }}{% endfor %}", "432")]
    [InlineData("{% for i in (1..points) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "13")]
    [InlineData("{% for x in empty_list %}x{% else %}none{% endfor %}", "none")]
    [InlineData("{% for x in none %}x{% else %}none{% endfor %}", "none")]
    [InlineData("{% for p in people %}{{ p.n }}:{{ p['a'] }} {% endfor %}", "Ana:3 Bia:1 ")]
    [InlineData("{% for pair in map %}{{ pair[0] }}={{ pair[1] }};{% endfor %}", "b=1;a=2;")]
    [InlineData("{% for a in (1..2) %}{% for b in (1..2) %}{{ a }}{{ b }} {% endfor %}{% endfor %}", "11 12 21 22 ")]
    [InlineData("{% for t in tags %}{{ t }}{% endfor %}[{{ t }}]{{ forloop.index }}", "vipnovo[]")]
    [InlineData("{% assign a = name | upcase %}{% assign b = a %}{{ a }}{{ b }}", "ANAANA")]
    [InlineData("{% assign name = name | append: '!' %}{{ name }}", "Ana!")]
    [InlineData("{% assign r = (1..3) %}{{ r }} {{ r.size }} {{ r | join: '+' }}", "1..3 3 1+2+3")]
    [InlineData("{% capture x %}Oi {{ name }}{% endcapture %}{{ x }}/{{ x | size }}", "Oi Ana/6")]
    [InlineData("{% for i in (1..4) %}{% cycle 'a', 'b' %}{% endfor %}{% cycle 'g': 1, 2 %}{% cycle 'g': 1, 2 %}", "abab12")]
    [InlineData("{% increment c %}{% increment c %}{{ c }}{% decrement d %}", "012-1")]
    [InlineData("{% for i in (1..4) %}{% ifchanged %}{{ i | divided_by: 3 }}{% endifchanged %}{% endfor %}", "01")]
    [InlineData("{% raw %}{{ name }} {% if %}{% endraw %}!", "{{ name }} {% if %}!")]
    [InlineData("{% if yes %}{% raw %}{{ a }}{% endraw %}{% endif %}", "{{ a }}")]
    [InlineData("a{% comment %}{{ bad | }} {% nonsense %}' {% endcomment %}b{% # a remark %}c", "abc")]
    [InlineData("a \n {%- if yes -%} \n b {{- name -}} \n c {% endif %}", "abAnac ")]
    [InlineData("{%- raw -%} x {%- endraw -%}  y", "xy")]
    [InlineData("{ {%- if yes %}x{% endif %}", "{x")]
    [InlineData("{{\n name\n | upcase\n | append: '\n'\n}}", "ANA\n")]
    [InlineData("{% if name == \"Ana\"\n and yes %}{{ 'a\"b%}c}}' }}{% endif %}", "a\"b%}c}}")]
    [InlineData("{% assign x = 1 %}{{ v0 }}{{ l0 }}{{ forloop }}", "minetoo")]
    [InlineData("{% tablerow p in people cols:1 %}{{ p.n }}{% endtablerow %}", "<tr class=\"row1\">\n<td class=\"col1\">Ana</td></tr>\n<tr class=\"row2\"><td class=\"col1\">Bia</td></tr>\n")]
    [InlineData("{% assign i = 1 %}{{ tags[i] }}{{ people[0][tags[9]] }}", "novo")]
    public void A_block_prints(string template, string expected) => Assert.Equal(expected, Some.Rendered(template, Variables));

    [Fact]
    public void A_value_given_is_never_changed_by_a_template()
    {
        var variables = FlowDispatch.Contacts.FieldValues.Parse("""{"map": {"": 1, "name": "x"}, "list": [2, 1]}""");

        var text = Some.Engine().Parse("{% assign m = map %}{% for i in list %}{{ m.name }}{{ list | sort }}{% endfor %}").Render(variables);

        Assert.Equal("x[1,2]x[1,2]", text);
        Assert.Equal("""{"map":{"":1,"name":"x"},"list":[2,1]}""", FlowDispatch.Contacts.FieldValues.ToJson(variables));
    }

    [Theory]
    [InlineData("{% for a in (1..2) %}", "{% endfor %}")]
    [InlineData("{% capture a %}", "{% endcapture %}")]
    [InlineData("{% if true %}", "{% endif %}")]
    public void An_error_in_the_deepest_block_needs_little_stack(string open, string close)
    {
        var source = string.Concat(Enumerable.Repeat(open, 75)) + "{{ 1 | divided_by: 0 }}" + string.Concat(Enumerable.Repeat(close, 75));
        var template = Some.Engine(o => o.MaxNesting = 75).Parse(source);
        var message = "";
        var thread = new Thread(() => message = Assert.Throws<TemplateRenderException>(() => template.Render(new Dictionary<string, object?>())).Message, 256 * 1_024);

        thread.Start();
        thread.Join();

        Assert.EndsWith("Nothing can be divided by 0.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Renderings_of_one_template_do_not_meet()
    {
        var template = Some.Engine().Parse("{% assign x = n %}{% for i in (1..20) %}{% increment c %}{{ x }}{% cycle 'a', 'b' %}{% endfor %}");
        string Expected(int n) => string.Concat(Enumerable.Range(0, 20).Select(i => $"{i}{n}{"ab"[i % 2]}"));

        Parallel.For(0, 500, n => Assert.Equal(Expected(n), template.Render(new Dictionary<string, object?>(StringComparer.Ordinal) { ["n"] = n })));
    }
}
