namespace FlowDispatch.Templating.Liquid;

/// <summary>Something with a value. Immutable, so that one template serves all threads.</summary>
internal abstract class Expression
{
    public abstract object? Evaluate(Evaluation evaluation);

    /// <summary>Whether its value counts as true.</summary>
    public virtual bool Holds(Evaluation evaluation) => LiquidValue.IsTrue(Evaluate(evaluation));
}

internal sealed class LiteralExpression(object? value) : Expression
{
    public object? Value => value;

    public override object? Evaluate(Evaluation evaluation) => value;
}

internal sealed class PathExpression(int position, string text, string root, PathStep[] steps) : Expression
{
    private readonly ScopePath _scopePath = ScopePath.Of(root, steps);

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
        var value = evaluation.Scope is { } scope && !evaluation.TryGiven(root, out var given)
            ? Follow(_scopePath.Read(scope), _scopePath.Steps, evaluation)
            : Follow(evaluation.Lookup(root), 0, evaluation);
        if (IsWanted && LiquidValue.IsNothing(value))
        {
            evaluation.Miss(text);
        }

        return value;
    }

    /// <summary>The value for a person, as it is without anything that the template has named; only for a constant path.</summary>
    public object? Read(VariableScope scope) => Follow(_scopePath.Read(scope), _scopePath.Steps, evaluation: null);

    private object? Follow(object? value, int from, Evaluation? evaluation)
    {
        foreach (ref readonly var step in steps.AsSpan(from))
        {
            if (value is null)
            {
                break; // nothing has no fields, however many are asked for
            }

            value = LiquidValue.Member(value, step, step.KeyExpression is null ? step.Key : step.KeyExpression.Evaluate(evaluation!));
        }

        return value;
    }
}

internal sealed class RangeExpression(Expression from, Expression to) : Expression
{
    public override object Evaluate(Evaluation evaluation) =>
        new RangeValue(LiquidNumber.ToWhole(from.Evaluate(evaluation)), LiquidNumber.ToWhole(to.Evaluate(evaluation)));
}

internal sealed class FilterCall(int position, LiquidFilter filter, Expression[] arguments)
{
    // The same array for all who render: filters only read it.
    private readonly object?[]? _constant = Array.TrueForAll(arguments, a => a is LiteralExpression)
        ? Array.ConvertAll(arguments, a => ((LiteralExpression)a).Value)
        : null;

    public int Position => position;

    public LiquidFilter Filter => filter;

    public object?[] ArgumentsFor(Evaluation evaluation) => _constant ?? Array.ConvertAll(arguments, a => a.Evaluate(evaluation));
}

internal sealed class FilteredExpression(Expression operand, FilterCall[] calls) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        var value = operand.Evaluate(evaluation);
        foreach (var call in calls)
        {
            var arguments = call.ArgumentsFor(evaluation);
            evaluation.Position = call.Position;
            evaluation.Charge(Size(value));
            value = call.Filter.Apply(evaluation, value, arguments);
            if (value is string text)
            {
                evaluation.Allow(text.Length);
            }
            else if (value is IReadOnlyList<object?> items)
            {
                evaluation.AllowItems(items.Count);
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
