using System.Globalization;
using System.Text;
using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Core.Tests.Templating.Reference;

/// <summary>
/// A checked template as DotLiquid reads it: Liquid again, but every expression is a name like <c>v3</c> and every name the
/// template gave is one like <c>l2</c>. So only blocks are held against it, never somebody's expressions.
/// </summary>
internal sealed class ReferenceScript : ITemplateSink
{
    private readonly StringBuilder _liquid = new();
    private readonly List<Expression> _expressions = [];
    private readonly Dictionary<string, string> _slots = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    public IReadOnlyList<Expression> Expressions => _expressions;

    /// <summary>The runtime's name of each name that the template gave.</summary>
    public IReadOnlyDictionary<string, string> Slots => _slots;

    public void Text(string text, bool inLoop)
    {
        if (inLoop)
        {
            Placeholder(new TextExpression(text));
        }
        else
        {
            _text.Append(text);
        }
    }

    public void Output(OutputExpression output) => Placeholder(output);

    public void If(Expression condition) => Tag($"if {Name(condition)}");

    public void ElseIf(Expression condition) => Tag($"elsif {Name(condition)}");

    public void Else() => Tag("else");

    public void Loop(string tag, string variable, Expression items, Expression? columns) =>
        Tag($"{tag} {Slot(variable)} in {Name(items)}{(columns is null ? "" : $" cols:{Name(columns)}")}");

    public void Jump(string tag) => Tag(tag);

    public void Capture(string variable) => Tag($"capture {Slot(variable)}");

    public void IfChanged() => Tag("ifchanged");

    public void Assign(string variable, Expression value) => Tag($"assign {Slot(variable)} = {Name(value)}");

    public void End(string tag) => Tag("end" + tag);

    /// <summary>The whole script.</summary>
    public override string ToString()
    {
        FlushText();
        return _liquid.ToString();
    }

    private void Tag(string content)
    {
        FlushText();
        _liquid.Append("{% ").Append(content).Append(" %}");
    }

    private void Placeholder(Expression expression)
    {
        FlushText();
        _liquid.Append("{{ ").Append(Name(expression)).Append(" }}");
    }

    private void FlushText()
    {
        if (_text.Length == 0)
        {
            return;
        }

        var text = _text.ToString();
        _text.Clear();

        // From {% raw %}, or a brace that would join those of the next tag: it must not be read as one.
        if (text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) || text[^1] == '{')
        {
            Placeholder(new LiteralExpression(text));
        }
        else
        {
            _liquid.Append(text);
        }
    }

    private string Name(Expression expression)
    {
        _expressions.Add(expression);
        return string.Create(CultureInfo.InvariantCulture, $"v{_expressions.Count - 1}");
    }

    private string Slot(string variable)
    {
        if (!_slots.TryGetValue(variable, out var slot))
        {
            slot = string.Create(CultureInfo.InvariantCulture, $"l{_slots.Count}");
            _slots.Add(variable, slot);
        }

        return slot;
    }

    /// <summary>Literal text within a loop, which counts as work.</summary>
    private sealed class TextExpression(string text) : Expression
    {
        public override object Evaluate(Evaluation evaluation)
        {
            evaluation.Charge(text.Length);
            return text;
        }
    }
}
