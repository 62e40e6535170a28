using System.Globalization;
using DotLiquid;
using DotLiquid.Exceptions;
using FlowDispatch.Templating;
using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Core.Tests.Templating.Reference;

/// <summary>A template whose blocks DotLiquid runs: somebody else's idea of Liquid to hold ours against.</summary>
internal sealed class ReferenceTemplate
{
    private readonly TemplateSource _source;
    private readonly TemplateOptions _options;
    private readonly Template _template;
    private readonly IReadOnlyList<Expression> _expressions;
    private readonly IReadOnlyDictionary<string, string> _slots;

    public ReferenceTemplate(string source, TemplateOptions options)
    {
        var script = new ReferenceScript();
        (_source, _options) = (new(source), options);
        new TemplateParser(_source, options, script).Read();
        _template = Template.Parse(script.ToString(), SyntaxCompatibility.DotLiquid22a);
        _template.MakeThreadSafe();
        _expressions = script.Expressions;
        _slots = script.Slots;
    }

    public (string Text, IReadOnlyList<string> Missing) Render(IReadOnlyDictionary<string, object?> variables)
    {
        var evaluation = new Evaluation(_source, _options, TimeProvider.System, variables);
        return (Run(evaluation), evaluation.Missed ?? []);
    }

    private string Run(Evaluation evaluation)
    {
        var values = new Hash((_, name) => _expressions[int.Parse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture)].Evaluate(evaluation)!);
        var context = new Context([values], new Hash(), new Hash(), ErrorsOutputMode.Rethrow, 0, CultureInfo.InvariantCulture, CancellationToken.None)
        {
            SyntaxCompatibilityLevel = SyntaxCompatibility.DotLiquid22a,
        };
        evaluation.Locals = new ScopedVariables(context, _slots);
        using var output = new BoundedWriter(evaluation);
        try
        {
            return _template.Render(output, RenderParameters.FromContext(context, CultureInfo.InvariantCulture));
        }
        catch (LiquidException e)
        {
            throw new TemplateRenderException(e.Message, e);
        }
    }

    /// <summary>The names that blocks have given, innermost first.</summary>
    private sealed class ScopedVariables(Context context, IReadOnlyDictionary<string, string> slots) : ILocalVariables
    {
        public bool TryGet(string name, out object? value)
        {
            if ((name is "forloop" or "tablerowloop") && TryFind(name, out value))
            {
                (value as IDictionary<string, object>)?.Remove("name"); // it would tell our names
                return true;
            }

            value = null;
            return slots.TryGetValue(name, out var slot) && TryFind(slot, out value);
        }

        private bool TryFind(string name, out object? value)
        {
            value = null;
            return context.Scopes.Find(s => s.ContainsKey(name)) is { } scope && scope.TryGetValue(name, out value);
        }
    }

    private sealed class BoundedWriter(Evaluation evaluation) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override string NewLine => "\n";

        public override void Write(string? value)
        {
            base.Write(value);
            evaluation.Allow(GetStringBuilder().Length);
        }
    }
}
