namespace FlowDispatch.Templating.Liquid;

/// <summary>Something with a value. Immutable, so that one template serves all threads.</summary>
internal abstract class Expression
{
    public abstract object? Evaluate(Evaluation evaluation);
}

internal sealed class LiteralExpression(object? value) : Expression
{
    public object? Value => value;

    public override object? Evaluate(Evaluation evaluation) => value;
}

/// <summary>Literal text within a loop: printed again and again, it counts as work.</summary>
internal sealed class TextExpression(string text) : Expression
{
    public override object Evaluate(Evaluation evaluation)
    {
        evaluation.Charge(text.Length);
        return text;
    }
}

internal sealed class PathExpression(int position, string text, string root, PathStep[] steps) : Expression
{
    public int Position => position;

    /// <summary>As written.</summary>
    public string Text => text;

    public string Root => root;

    public IReadOnlyList<PathStep> Steps => steps;

    /// <summary>Whether a value that is nothing is reported. Set while parsing, never after.</summary>
    public bool IsWanted { get; set; }

    public bool IsConstant => Array.TrueForAll(steps, s => s.KeyExpression is null);

    public override object? Evaluate(Evaluation evaluation)
    {
        var value = evaluation.Lookup(root);
        foreach (ref readonly var step in steps.AsSpan())
        {
            if (value is null)
            {
                break; // nothing has no fields, however many are asked for
            }

            value = LiquidValue.Member(value, step, step.KeyExpression is null ? step.Key : step.KeyExpression.Evaluate(evaluation));
        }

        if (IsWanted && LiquidValue.IsNothing(value))
        {
            evaluation.Miss(text);
        }

        return value;
    }
}

internal sealed class RangeExpression(Expression from, Expression to) : Expression
{
    public override object Evaluate(Evaluation evaluation) =>
        new RangeValue(LiquidNumber.ToWhole(from.Evaluate(evaluation)), LiquidNumber.ToWhole(to.Evaluate(evaluation)));
}

internal sealed record FilterCall(int Position, LiquidFilter Filter, Expression[] Arguments);

internal sealed class FilteredExpression(Expression operand, FilterCall[] calls) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        var value = operand.Evaluate(evaluation);
        foreach (var call in calls)
        {
            var arguments = call.Arguments.Length == 0 ? [] : new object?[call.Arguments.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = call.Arguments[i].Evaluate(evaluation);
            }

            evaluation.Position = call.Position;
            evaluation.Charge(Size(value));
            value = call.Filter.Apply(evaluation, value, arguments);
            if (value is string text)
            {
                evaluation.Allow(text.Length);
            }
        }

        return value;
    }

    private static long Size(object? value) => value switch
    {
        string text => text.Length,
        IReadOnlyList<object?> items => items.Count,
        _ => 0,
    };
}

/// <summary>What an output prints.</summary>
internal sealed class OutputExpression(int position, Expression value) : Expression
{
    public Expression Value => value;

    public override object Evaluate(Evaluation evaluation) => Print(evaluation);

    public string Print(Evaluation evaluation)
    {
        evaluation.Position = position;
        evaluation.Charge();
        var text = LiquidValue.Text(value.Evaluate(evaluation), evaluation);
        evaluation.Charge(text.Length);
        return text;
    }
}

/// <summary>What a tag gives a name to.</summary>
internal sealed class AssignExpression(int position, Expression value) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        evaluation.Position = position;
        evaluation.Charge();
        return value.Evaluate(evaluation);
    }
}
