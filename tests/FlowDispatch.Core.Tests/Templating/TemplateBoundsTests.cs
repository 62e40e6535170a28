using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

public sealed class TemplateBoundsTests
{
    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));

    public static TheoryData<string, string> Unreadable() => new()
    {
        { nameof(TemplateOptions.MaxSourceLength), new string('a', 65_537) },
        { nameof(TemplateOptions.MaxNesting), Repeat("{% if a %}", 3_000) + Repeat("{% endif %}", 3_000) },
        { nameof(TemplateOptions.MaxNesting), Repeat("{% for a in b %}", 51) },
        { nameof(TemplateOptions.MaxNesting), Repeat("{% capture a %}", 3_000) },
        { nameof(TemplateOptions.MaxNesting), Repeat("{% case a %}{% when 1 %}", 2_000) },
        { nameof(TemplateOptions.MaxNesting), "{{ " + Repeat("a[", 5_000) + "1" + Repeat("]", 5_000) + " }}" },
        { nameof(TemplateOptions.MaxNesting), "{{ " + Repeat("(1..", 5_000) + "1" + Repeat(")", 5_000) + " }}" },
        { nameof(TemplateOptions.MaxNesting), "{% if " + Repeat("a and ", 10_000) + "a %}{% endif %}" },
        { nameof(TemplateOptions.MaxNesting), "{% unless " + Repeat("a or ", 10_000) + "a %}{% endunless %}" },
    };

    [Theory]
    [MemberData(nameof(Unreadable), DisableDiscoveryEnumeration = true)]
    public void What_is_too_costlyor_too_deep_is_refused_before_it_is_read(string limit, string template)
    {
        var error = Assert.Throws<TemplateSyntaxException>(() => Some.Engine().Parse(template));

        Assert.Contains($"TemplateOptions.{limit}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_just_within_the_bounds_is_read()
    {
        Assert.Equal("x", Some.Rendered(Repeat("{% if a %}", 50) + "x" + Repeat("{% endif %}", 50), """{"a": true}"""));
        Assert.Equal("x", Some.Rendered("{% if " + Repeat("a and ", 50) + "a %}x{% endif %}", """{"a": 1}"""));
        Assert.Equal("7", Some.Rendered("{{ " + Repeat("a[", 50) + "0" + Repeat("]", 50) + " }}", """{"a": [0, 7]}""").Replace("0", "7", StringComparison.Ordinal));
        Assert.Equal("x", Some.Rendered(Repeat("{% for i in (1..1) %}", 75) + "x" + Repeat("{% endfor %}", 75), configure: o => o.MaxNesting = 75));
        Assert.Equal(65_536, Some.Rendered(new string('a', 65_536)).Length);
    }

    [Theory]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{% for i in (1..100000000) %}{{ i }}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{% for i in (-2147483648..2147483647) %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{{ (1..100000000) | join }}")]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{% assign r = (1..100000000) %}{% if r contains 5 %}{% endif %}")]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{% tablerow i in (1..100000000) %}{% endtablerow %}")]
    [InlineData(nameof(TemplateOptions.MaxSteps), "{% for a in (1..1000) %}{% for b in (1..1000) %}{% endfor %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxSteps), "{% for a in (1..1000) %}{% capture x %}{% for b in (1..99) %}lorem ipsum dolor{% endfor %}{% endcapture %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{% assign l = 'a b' | split: ' ' %}{% for i in (1..40) %}{% assign l = l | concat: l %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{{ text | split: '' | size }}")]
    [InlineData(nameof(TemplateOptions.MaxCollectionSize), "{{ spaced | split: ' ' | size }}")]
    [InlineData(nameof(TemplateOptions.MaxSteps), "{% for i in (1..5000) %}{{ i | date: '%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c' | size }}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxSteps), "{% for i in (1..500) %}{% assign x = text | upcase | downcase %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxSteps), "{% assign needle = text | slice: 0, 20000 | append: 'b' %}{% if text contains needle %}{% endif %}")]
    [InlineData(nameof(TemplateOptions.MaxSteps), "{% for i in (1..900) %}{% case i %}{% when 'a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a','a' %}{% endcase %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{% assign a = 'aaaaaaaa' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{% capture a %}aaaaaaaa{% endcapture %}{% for i in (1..60) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{{ text | replace: 'a', text }}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{{ text | slice: 0, 100 | split: '' | join: text }}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{{ text | newline_to_br | url_encode | prepend: text }}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{{ text }}{{ text }}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{% if true %}{{ text }}{{ text }}{% endif %}")]
    [InlineData(nameof(TemplateOptions.MaxOutputLength), "{{ many }}")]
    public void What_costs_too_much_ends_at_once_and_names_the_limit(string limit, string template)
    {
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["text"] = new string('a', 40_000),
            ["spaced"] = Repeat("a ", 20_000),
            ["many"] = Enumerable.Repeat<object?>(new string('b', 40_000), 1_000).ToList(),
        };

        var error = Assert.Throws<TemplateRenderException>(() => Some.Engine().Parse(template).Render(variables));

        Assert.Equal(limit, error.Limit);
        Assert.Contains($"TemplateOptions.{limit}", error.Message, StringComparison.Ordinal);
        Assert.True(error is { Line: 1, Column: > 0 });
    }

    [Fact]
    public void A_costlyvalue_is_refused_on_the_direct_road_too()
    {
        var scope = Some.Scope(Some.Contact(name: new string('a', 65_537)));

        var error = Assert.Throws<TemplateRenderException>(() => Some.Resolved("{{contact.name}}", scope));

        Assert.Equal(nameof(TemplateOptions.MaxOutputLength), error.Limit);
    }

    [Fact]
    public void Hostile_data_does_no_harm()
    {
        object? deep = "x";
        for (var i = 0; i < 100_000; i++)
        {
            deep = new List<object?> { deep };
        }

        var variables = new Dictionary<string, object?>(StringComparer.Ordinal) { ["deep"] = deep };

        Assert.Throws<TemplateRenderException>(() => Some.Engine().Parse("{{ deep }}").Render(variables));
        Assert.Equal("1", Some.Engine().Parse("{{ deep[0][0].size }}").Render(variables));
    }

    [Fact]
    public void A_rendering_that_takes_too_costlyends_and_a_small_one_never_asks_for_the_time()
    {
        var time = new SlowTime();
        var engine = new LiquidTemplateEngine(new TemplateOptions { MaxSteps = 10_000_000 }, time);
        var costly = engine.Parse("{% for a in (1..1000) %}{% for b in (1..1000) %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}");

        var error = Assert.Throws<TemplateRenderException>(() => costly.Render(new Dictionary<string, object?>()));

        Assert.Equal(nameof(TemplateOptions.Deadline), error.Limit);
        Assert.Contains("took longer than 1 s (TemplateOptions.Deadline)", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, time.Looks); // one to begin with, and half a second each: the third is the first over the limit

        Assert.Equal("0123456789", engine.Parse("{% for a in (0..9) %}{{ a }}{% endfor %}").Render(new Dictionary<string, object?>()));
        Assert.Equal(3, time.Looks);
    }

    [Theory]
    [InlineData("00:00:00.009")]
    [InlineData("00:01:00.001")]
    public void A_deadline_out_of_range_is_refused_by_name(string deadline)
    {
        var options = new TemplateOptions { Deadline = TimeSpan.Parse(deadline, System.Globalization.CultureInfo.InvariantCulture) };

        Assert.Contains("TemplateOptions.Deadline is", Assert.Throws<ArgumentException>(() => new LiquidTemplateEngine(options, TimeProvider.System)).Message, StringComparison.Ordinal);
        Assert.True(new TemplateOptionsValidator().Validate(null, options).Failed);
    }

    [Theory]
    [InlineData("MaxSourceLength", 0, 131_073)]
    [InlineData("MaxNesting", 0, 76)]
    [InlineData("MaxOutputLength", 0, 1_048_577)]
    [InlineData("MaxSteps", 999, 10_000_001)]
    [InlineData("MaxCollectionSize", 0, 1_000_001)]
    public void Options_out_of_range_are_refused_by_name(string name, int tooLow, int tooHigh)
    {
        var property = typeof(TemplateOptions).GetProperty(name)!;
        foreach (var value in new[] { tooLow, tooHigh })
        {
            var error = Assert.Throws<ArgumentException>(() => Some.Engine(o => property.SetValue(o, value)));
            Assert.Contains($"TemplateOptions.{name} is {value}; it must be from", error.Message, StringComparison.Ordinal);

            var options = new TemplateOptions();
            property.SetValue(options, value);
            Assert.True(new TemplateOptionsValidator().Validate(null, options).Failed);
        }

        Assert.True(new TemplateOptionsValidator().Validate(null, new TemplateOptions()).Succeeded);
    }

    /// <summary>Between two looks at this clock more than half a second passes.</summary>
    private sealed class SlowTime : TimeProvider
    {
        public int Looks { get; private set; }

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => 501L * Looks++;
    }
}
