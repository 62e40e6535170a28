namespace FlowDispatch.Templating.Liquid;

/// <summary>How a template goes on behind a piece.</summary>
internal enum Flow
{
    Next,
    Continue,
    Break,
}

/// <summary>A part of a template that prints itself. Immutable, so that one template serves all threads.</summary>
internal abstract class Piece
{
    public abstract Flow Print(Evaluation evaluation, ref PrintedText output);

    /// <summary>Prints pieces up to the first that jumps out of its loop.</summary>
    public static Flow Print(Piece[] pieces, Evaluation evaluation, ref PrintedText output)
    {
        foreach (var piece in pieces)
        {
            if (piece.Print(evaluation, ref output) is var flow and not Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }
}

/// <summary>Text as it stands.</summary>
internal sealed class TextPiece(string text) : Piece
{
    public string Text => text;

    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        output.Add(text);
        return Flow.Next;
    }
}

internal sealed class LoopTextPiece(string text) : Piece
{
    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        evaluation.Charge(text.Length);
        output.Add(text);
        return Flow.Next;
    }
}

internal sealed class OutputPiece(OutputExpression output) : Piece
{
    public Expression Value => output.Value;

    public override Flow Print(Evaluation evaluation, ref PrintedText text)
    {
        text.Add(output.Print(evaluation));
        return Flow.Next;
    }
}

internal sealed class AssignPiece(string name, Expression value) : Piece
{
    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        var assigned = value.Evaluate(evaluation);
        evaluation.OwnLocals.Assign(name, assigned);
        return Flow.Next;
    }
}

internal sealed class JumpPiece(Flow flow) : Piece
{
    public override Flow Print(Evaluation evaluation, ref PrintedText output) => flow;
}

/// <summary>An <c>if</c>, or what is one by another name: the first branch that holds is printed, else the one that asks nothing.</summary>
internal sealed class BranchPiece(IReadOnlyList<PieceBranch> branches) : Piece
{
    private readonly PieceBranch[] _branches = [.. branches];

    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        foreach (ref readonly var branch in _branches.AsSpan())
        {
            if (branch.Condition is null || branch.Condition.Holds(evaluation))
            {
                return Print(branch.Body, evaluation, ref output);
            }
        }

        return Flow.Next;
    }
}

/// <summary>What is printed within goes to a name instead, unless a jump leaves it.</summary>
internal sealed class CapturePiece(string name, Piece[] body) : Piece
{
    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        var (text, flow) = PrintedText.Of(body, evaluation);
        if (flow == Flow.Next)
        {
            evaluation.OwnLocals.Assign(name, text);
        }

        return flow;
    }
}

/// <summary>Printed only where it differs from what the last such block of the template printed.</summary>
internal sealed class IfChangedPiece(Piece[] body) : Piece
{
    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        var (text, flow) = PrintedText.Of(body, evaluation);
        if (flow == Flow.Next && evaluation.HasChanged(text))
        {
            output.Add(text);
        }

        return flow;
    }
}
