using System.Globalization;
using System.Text;

namespace FlowDispatch.Templating.Liquid;

/// <summary>
/// A checked template as the runtime of blocks reads it: Liquid again, but every expression is a name like <c>v3</c> and every
/// name the template gave is one like <c>l2</c>. The runtime decides nothing but which blocks run; it never sees what somebody wrote.
/// </summary>
internal sealed class BlockScript
{
    private readonly StringBuilder _liquid = new();
    private readonly List<Expression> _expressions = [];
    private readonly Dictionary<string, string> _slots = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private PieceTree? _tree = new();

    public IReadOnlyList<Expression> Expressions => _expressions;

    /// <summary>The runtime's name of each name that the template gave.</summary>
    public IReadOnlyDictionary<string, string> Slots => _slots;

    /// <summary>The template as pieces that print themselves; null where it has blocks that only the runtime knows.</summary>
    public Piece[]? Pieces => _tree?.Pieces();

    public void Text(string text, bool inLoop)
    {
        if (text.Length == 0)
        {
            return;
        }

        _tree?.Add(new TextPiece(text));
        if (inLoop)
        {
            Placeholder(new TextExpression(text));
        }
        else
        {
            _text.Append(text);
        }
    }

    public void Output(OutputExpression output)
    {
        _tree?.Add(new OutputPiece(output));
        Placeholder(output);
    }

    public void If(Expression condition)
    {
        _tree?.If(condition);
        Tag($"if {Name(condition)}");
    }

    public void ElseIf(Expression condition)
    {
        _tree?.Else(condition);
        Tag($"elsif {Name(condition)}");
    }

    public void Else()
    {
        _tree?.Else(null);
        Tag("else");
    }

    public void Loop(string tag, string variable, Expression items, Expression? columns) =>
        RuntimeTag($"{tag} {Slot(variable)} in {Name(items)}{(columns is null ? "" : $" cols:{Name(columns)}")}");

    public void Jump(string tag) => RuntimeTag(tag);

    public void Capture(string variable) => RuntimeTag($"capture {Slot(variable)}");

    public void IfChanged() => RuntimeTag("ifchanged");

    public void Assign(string variable, Expression value)
    {
        _tree?.Add(new AssignPiece(variable, value));
        Tag($"assign {Slot(variable)} = {Name(value)}");
    }

    public void End(string tag)
    {
        _tree?.EndIf(); // any other block has taken the tree away
        Tag("end" + tag);
    }

    /// <summary>The whole script.</summary>
    public override string ToString()
    {
        FlushText();
        return _liquid.ToString();
    }

    private void RuntimeTag(string content)
    {
        _tree = null;
        Tag(content);
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
            Placeholder(new TextExpression(text));
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
}
