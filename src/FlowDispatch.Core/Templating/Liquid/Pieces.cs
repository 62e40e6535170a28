namespace FlowDispatch.Templating.Liquid;

/// <summary>A part of a template that prints itself. Immutable, so that one template serves all threads.</summary>
internal abstract class Piece
{
    public abstract void Print(Evaluation evaluation, ref PrintedText output);

    public static void Print(Piece[] pieces, Evaluation evaluation, ref PrintedText output)
    {
        foreach (var piece in pieces)
        {
            piece.Print(evaluation, ref output);
        }
    }
}

/// <summary>Text as it stands.</summary>
internal sealed class TextPiece(string text) : Piece
{
    public string Text => text;

    public override void Print(Evaluation evaluation, ref PrintedText output) => output.Add(text);
}

internal sealed class OutputPiece(OutputExpression output) : Piece
{
    public Expression Value => output.Value;

    public override void Print(Evaluation evaluation, ref PrintedText text) => text.Add(output.Print(evaluation));
}

internal sealed class AssignPiece(string name, Expression value) : Piece
{
    public override void Print(Evaluation evaluation, ref PrintedText output)
    {
        var assigned = value.Evaluate(evaluation);
        if (evaluation.Locals is not AssignedVariables locals)
        {
            evaluation.Locals = locals = new();
        }

        locals.Set(name, assigned);
    }
}

/// <summary>An <c>if</c>, or what is one by another name: the first branch that holds is printed, else the last, which asks nothing.</summary>
internal sealed class BranchPiece : Piece
{
    private readonly Expression[] _conditions;
    private readonly Piece[][] _bodies;

    public BranchPiece(IReadOnlyList<(Expression? Condition, Piece[] Body)> branches)
    {
        _conditions = [.. branches.Select(b => b.Condition).OfType<Expression>()];
        _bodies = [.. branches.Select(b => b.Body)];
    }

    public override void Print(Evaluation evaluation, ref PrintedText output)
    {
        var at = 0;
        while (at < _conditions.Length && !_conditions[at].Holds(evaluation))
        {
            at++;
        }

        if (at < _bodies.Length)
        {
            Print(_bodies[at], evaluation, ref output);
        }
    }
}

/// <summary>What a template without loops has assigned: one scope, whatever the block.</summary>
internal sealed class AssignedVariables : ILocalVariables
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    public void Set(string name, object? value) => _values[name] = value;

    public bool TryGet(string name, out object? value) => _values.TryGetValue(name, out value);
}
