namespace FlowDispatch.Templating.Liquid;

/// <summary>What a loop walks through, cut and turned as its tag says.</summary>
internal sealed class CollectionExpression(int position, Expression items, Expression? offset, Expression? limit, bool reversed) : Expression
{
    public override object Evaluate(Evaluation evaluation)
    {
        evaluation.Position = position;
        evaluation.Charge();
        var all = LiquidValue.Items(items.Evaluate(evaluation), evaluation);
        var from = offset is null ? 0 : Math.Clamp(LiquidNumber.ToWhole(offset.Evaluate(evaluation)), 0, all.Count);
        var count = limit is null ? all.Count - from : Math.Clamp(LiquidNumber.ToWhole(limit.Evaluate(evaluation)), 0, all.Count - from);
        var walked = all.Skip(from).Take(count);
        return (reversed ? walked.Reverse() : walked).ToList();
    }
}

/// <summary>The columns of a table, at least one.</summary>
internal sealed class ColumnsExpression(Expression columns) : Expression
{
    public override object Evaluate(Evaluation evaluation) => Math.Max(1, LiquidNumber.ToWhole(columns.Evaluate(evaluation)));
}

/// <summary>Each time the next of its values, in turn with all of its group.</summary>
internal sealed class CycleExpression(string? constantGroup, Expression? group, Expression[] values) : Expression
{
    public override object? Evaluate(Evaluation evaluation)
    {
        var name = group is null ? constantGroup! : LiquidValue.Text(group.Evaluate(evaluation), evaluation);
        return values[evaluation.Cycle(name, values.Length)].Evaluate(evaluation);
    }
}

/// <summary>A counter that prints itself: <c>increment</c> from 0 up, <c>decrement</c> from -1 down.</summary>
internal sealed class CounterExpression(string name, int step) : Expression
{
    public override object Evaluate(Evaluation evaluation)
    {
        var before = evaluation.Count(name, step);
        return step > 0 ? before : before + step;
    }
}
