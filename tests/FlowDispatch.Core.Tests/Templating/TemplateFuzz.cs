using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

/// <summary>What became of one hostile template.</summary>
internal enum FuzzOutcome
{
    Rendered,
    Unreadable,
    Refused,
}

/// <summary>
/// Reads and renders the template of a seed: one by the grammar, a damaged one, or a hostile one. Whatever it is, it prints within
/// the bounds or is refused in words with a place; any other exception is a mistake of ours.
/// </summary>
internal static class TemplateFuzz
{
    /// <summary>Small bounds, so that a million templates are tried in minutes.</summary>
    public static void Configure(TemplateOptions options)
    {
        options.MaxSteps = 1_000;
        options.MaxOutputLength = 16_384;
    }

    public static string Source(int seed) => (seed % 4) switch
    {
        0 => new TemplateGenerator(seed).Template(),
        1 => new TemplateGenerator(seed).Damaged(),
        _ => new HostileTemplates(seed).Next(),
    };

    public static FuzzOutcome Try(ITemplateEngine engine, int seed)
    {
        var source = Source(seed);
        try
        {
            var text = engine.Parse(source).Render(new TemplateGenerator(seed).Scope().ToVariables(), []);
            return text.Length <= 16_384 ? FuzzOutcome.Rendered : throw new InvalidOperationException($"{text.Length} characters were printed.");
        }
        catch (TemplateSyntaxException e) when (e.Reason.Length > 0 && IsPlace(source, e.Line, e.Column))
        {
            return FuzzOutcome.Unreadable;
        }
        catch (TemplateRenderException e) when (e.Message.Length > 0 && IsPlace(source, e.Line, e.Column))
        {
            return FuzzOutcome.Refused;
        }
    }

    private static bool IsPlace(string source, int line, int column)
    {
        var start = 0;
        for (var before = line - 1; before > 0; before--)
        {
            var end = source.IndexOf('\n', start);
            if (end < 0)
            {
                return false;
            }

            start = end + 1;
        }

        var length = source.AsSpan(start).IndexOf('\n') is var next and >= 0 ? next : source.Length - start;
        return line >= 1 && column >= 1 && column <= length + 1;
    }
}
