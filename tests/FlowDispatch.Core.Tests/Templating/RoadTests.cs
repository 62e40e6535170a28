using System.Text.Json;
using FlowDispatch.Core.Tests.Templating.Reference;
using FlowDispatch.Templating;
using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Core.Tests.Templating;

/// <summary>A template may be a constant, a direct path, or pieces that print themselves, and somebody else's Liquid has to agree on each: nobody can tell from its text.</summary>
public sealed class RoadTests
{
    private const int Seeds = 3_000;

    [Fact]
    public void Every_road_prints_and_misses_the_same()
    {
        var (engine, direct, pieces, loops) = (Some.Engine(), 0, 0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var generator = new TemplateGenerator(seed);
            var source = (seed % 4) switch
            {
                0 => $"{{{{ {generator.Path()} }}}}",
                1 => generator.Text() + "{{" + generator.Path() + "}}" + generator.Text(),
                2 => $"{{{{ {generator.Filtered()} }}}}",
                _ => generator.Template(),
            };
            var scope = generator.Scope();

            var mapped = Outcome(() => Some.Mapping(JsonSerializer.Serialize(new { x = source }), engine).Resolve(scope) is var r ? (r.Values["x"], r.Missing) : default);
            var printed = Outcome(() => Rendered(engine, source, scope));
            var branched = Outcome(() => Rendered(engine, "{% if true %}{% endif %}" + source, scope));
            var expected = Outcome(() => new ReferenceTemplate(source, new TemplateOptions()).Render(scope.ToVariables()));

            Assert.True(
                mapped == expected && printed == expected && branched == expected,
                $"Seed {seed}: {source}\nmapping:   {mapped}\nprinted:   {printed}\nbranches:  {branched}\nreference: {expected}");
            Count(source);
        }

        // Enough on every road.
        Assert.All([direct, pieces, loops], n => Assert.InRange(n, Seeds / 15, Seeds * 9 / 10));

        void Count(string source)
        {
            var liquid = (LiquidTemplate)engine.Parse(source);
            direct += liquid.Path is not null ? 1 : 0;
            pieces += liquid is { Path: null, Constant: null } ? 1 : 0;
            loops += source.Contains("{% for", StringComparison.Ordinal) ? 1 : 0;
        }
    }

    [Theory]
    [InlineData("{{contact.name}}")]
    [InlineData("{{contact.custom_fields.plan}}")]
    [InlineData("{{ row[\"Nome do cliente\"] }}")]
    public void A_path_to_a_text_costs_no_memory(string template)
    {
        var scope = Some.Scope(Some.Contact("""{"plan": "gold"}"""), row: """{"Nome do cliente": "Zé"}""");
        var mapping = Some.Mapping(JsonSerializer.Serialize(new { x = template }));
        var (values, missing) = (new string[1], (List<string>?)null);
        mapping.Resolve(scope, values, ref missing);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            mapping.Resolve(scope, values, ref missing);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void No_template_however_damaged_throws_anything_but_what_is_promised()
    {
        var (engine, read) = (Some.Engine(o => o.MaxSteps = 2_000), 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var generator = new TemplateGenerator(seed);
            try
            {
                var template = engine.Parse(generator.Damaged());
                read++;
                template.Render(generator.Scope().ToVariables());
            }
            catch (Exception e) when (e is TemplateSyntaxException { Line: > 0, Column: > 0 } or TemplateRenderException { Line: > 0, Column: > 0 })
            {
                // as promised
            }
        }

        Assert.InRange(read, Seeds / 20, Seeds * 19 / 20); // enough of both kinds
    }

    private static (string Text, IReadOnlyList<string> Missing) Rendered(ITemplateEngine engine, string source, VariableScope scope)
    {
        var missing = new List<string>();
        return (engine.Parse(source).Render(scope.ToVariables(), missing), missing);
    }

    // Failures are equal when they are of one kind; their places differ by the tag around.
    private static string Outcome(Func<(string Text, IReadOnlyList<string> Missing)> resolve)
    {
        try
        {
            var (text, missing) = resolve();
            return $"{text} <{string.Join(";", missing)}>";
        }
        catch (TemplateRenderException e)
        {
            return $"limit {e.Limit}";
        }
        catch (VariableMappingException e)
        {
            return $"syntax {e.Errors[0].Message.Split(": ", 2)[1]}";
        }
        catch (TemplateSyntaxException e)
        {
            return $"syntax {e.Reason}";
        }
    }
}
