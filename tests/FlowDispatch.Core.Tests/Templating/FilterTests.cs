using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

public sealed class FilterTests
{
    private const string Variables = """
        {"name": "maria DA silva", "points": 7, "list": ["b", "a", null, "B", "a"], "emoji": "a😀b", "html": "<p class='x'>Olá &amp; <b>tchau</b></p><script>x<y</script><!-- c -->!<",
         "people": [{"n": "Ana", "ok": true, "k": 2}, {"n": "Bia", "ok": false, "k": 10}, {"n": "Zé"}], "empty": "", "no": false}
        """;

    [Theory]
    [InlineData("name | capitalize", "Maria da silva")]
    [InlineData("'élan' | capitalize", "Élan")]
    [InlineData("name | upcase | downcase", "maria da silva")]
    [InlineData("name | append: '!' | prepend: '¡'", "¡maria DA silva!")]
    [InlineData("' x ' | strip | append: '|'", "x|")]
    [InlineData("' x ' | lstrip | append: '|'", "x |")]
    [InlineData("' x ' | rstrip | append: '|'", " x|")]
    [InlineData("'a,b,,c,,' | split: ',' | size", "4")]
    [InlineData("emoji | split: '' | join: '-'", "a-😀-b")]
    [InlineData("emoji | size", "3")]
    [InlineData("emoji | slice: 1", "😀")]
    [InlineData("emoji | slice: -2, 9", "😀b")]
    [InlineData("emoji | slice: 9", "")]
    [InlineData("list | slice: 0, 2 | join", "b a")]
    [InlineData("'Lorem ipsum dolor' | truncate: 8", "Lorem...")]
    [InlineData("'😀😀😀😀' | truncate: 3, '…'", "😀😀…")]
    [InlineData("'a b c' | truncatewords: 2", "a b...")]
    [InlineData("'a b c' | truncate_words: 2, '…'", "a b…")]
    [InlineData("'aXbXc' | replace: 'X', '--'", "a--b--c")]
    [InlineData("'a.b' | replace: '.', '+'", "a+b")]
    [InlineData("'aXbXc' | replace_first: 'X', '-'", "a-bXc")]
    [InlineData("'aXbXc' | remove: 'X'", "abc")]
    [InlineData("'aXbXc' | remove_first: 'X'", "abXc")]
    [InlineData("'a\r\nb\nc' | strip_newlines", "abc")]
    [InlineData("'a\nb' | newline_to_br", "a<br />\nb")]
    [InlineData("'<a é=\"1\">' | escape", "&lt;a é=&quot;1&quot;&gt;")]
    [InlineData("'<' | h", "&lt;")]
    [InlineData("'&lt; <' | escape_once", "&lt; &lt;")]
    [InlineData("html | strip_html", "Olá &amp; tchau!<")]
    [InlineData("'a b&ç' | url_encode", "a+b%26%C3%A7")]
    [InlineData("'a+b%26%C3%A7' | url_decode", "a b&ç")]
    [InlineData("'olá?>' | base64_encode | base64_decode", "olá?>")]
    [InlineData("'olá?>~' | base64_url_safe_encode | base64_url_safe_decode", "olá?>~")]
    [InlineData("points | plus: 3", "10")]
    [InlineData("'7' | plus: '3.5'", "10.5")]
    [InlineData("unknown | plus: 10", "10")]
    [InlineData("'abc' | times: 2", "0")]
    [InlineData("points | minus: 9", "-2")]
    [InlineData("12.5 | times: 10", "125")]
    [InlineData("0.1 | plus: 10 | minus: 10", "0.1")]
    [InlineData("7 | divided_by: 2", "3")]
    [InlineData("-7 | divided_by: 2", "-4")]
    [InlineData("7 | divided_by: 2.0", "3.5")]
    [InlineData("-7 | modulo: 3", "2")]
    [InlineData("7.5 | modulo: 2", "1.5")]
    [InlineData("9223372036854775807 | plus: 1", "9223372036854775808")]
    [InlineData("-9223372036854775808 | abs", "9223372036854775808")]
    [InlineData("-3.5 | abs", "3.5")]
    [InlineData("points | at_least: 10", "10")]
    [InlineData("points | at_most: 5", "5")]
    [InlineData("1.2 | ceil", "2")]
    [InlineData("1.8 | floor", "1")]
    [InlineData("2.5 | round", "3")]
    [InlineData("1.2345 | round: 2", "1.23")]
    [InlineData("list | first", "b")]
    [InlineData("list | last", "a")]
    [InlineData("list | size", "5")]
    [InlineData("list | compact | sort | join: ','", "B,a,a,b")]
    [InlineData("list | compact | sort_natural | join: ','", "a,a,b,B")]
    [InlineData("list | uniq | compact | join: ','", "b,a,B")]
    [InlineData("list | reverse | first", "a")]
    [InlineData("list | concat: list | size", "10")]
    [InlineData("people | map: 'n' | join: ','", "Ana,Bia,Zé")]
    [InlineData("people | where: 'ok' | map: 'n'", "[\"Ana\"]")]
    [InlineData("people | where: 'k', 10 | map: 'n' | first", "Bia")]
    [InlineData("people | sort: 'k' | map: 'n' | join: ','", "Ana,Bia,Zé")]
    [InlineData("'10,9,x' | split: ',' | sort | join: ','", "10,9,x")]
    [InlineData("unknown | default: 'x'", "x")]
    [InlineData("empty | default: 'x'", "x")]
    [InlineData("no | default: 'x'", "x")]
    [InlineData("points | default: 'x'", "7")]
    [InlineData("unknown | upcase | split: ' ' | first | capitalize", "")]
    public void A_filter_makes(string expression, string expected) =>
        Assert.Equal(expected, Some.Rendered("{{ " + expression + " }}", Variables));

    [Theory]
    [InlineData("{{ 1 | divided_by: 0 }}", 1, 8)]
    [InlineData("a\n{{ 1 | modulo: zero }}", 2, 8)]
    [InlineData("{{ 'not base64!' | base64_decode }}", 1, 20)]
    public void What_a_filter_cannot_do_fails_this_rendering_with_its_place(string template, int line, int column)
    {
        var error = Assert.Throws<TemplateRenderException>(() => Some.Rendered(template));

        Assert.Equal((line, column, null), (error.Line, error.Column, error.Limit));
    }
}
