namespace FlowDispatch.Templating.Liquid;

/// <summary>One comparison, or a single value that is true or not.</summary>
internal sealed record Comparison(int Position, Expression Left, string? Operator, Expression? Right)
{
    public bool Holds(Evaluation evaluation)
    {
        evaluation.Position = Position;
        evaluation.Charge();
        var left = Left.Evaluate(evaluation);
        if (Right is null)
        {
            return LiquidValue.IsTrue(left);
        }

        var right = Right.Evaluate(evaluation);
        return Operator switch
        {
            "==" => LiquidValue.AreEqual(left, right),
            "!=" or "<>" => !LiquidValue.AreEqual(left, right),
            "<" => LiquidValue.Order(left, right) < 0,
            ">" => LiquidValue.Order(left, right) > 0,
            "<=" => LiquidValue.Order(left, right) <= 0,
            ">=" => LiquidValue.Order(left, right) >= 0,
            "contains" => LiquidValue.Contains(left, right, evaluation),
            _ => throw new InvalidOperationException($"Operator {Operator} has no meaning."),
        };
    }
}

/// <summary>Comparisons joined by <c>and</c> (true) and <c>or</c> (false), read from the right, as Liquid has it.</summary>
internal sealed class ConditionExpression(Comparison[] comparisons, bool[] isAnd) : Expression
{
    public override object Evaluate(Evaluation evaluation) => Holds(evaluation);

    public override bool Holds(Evaluation evaluation)
    {
        // From the left, jumping over what can't matter any more: a false 'and' and a true 'or' decide all that follows.
        for (var i = 0; i < isAnd.Length; i++)
        {
            var holds = comparisons[i].Holds(evaluation);
            if (holds != isAnd[i])
            {
                return holds;
            }
        }

        return comparisons[^1].Holds(evaluation);
    }
}

internal sealed class NotExpression(ConditionExpression condition) : Expression
{
    public override object Evaluate(Evaluation evaluation) => Holds(evaluation);

    public override bool Holds(Evaluation evaluation) => !condition.Holds(evaluation);
}

/// <summary>Whether a <c>case</c>'s subject is one of a <c>when</c>'s values.</summary>
internal sealed class WhenExpression(int position, Expression subject, Expression[] values) : Expression
{
    public override object Evaluate(Evaluation evaluation) => Holds(evaluation);

    public override bool Holds(Evaluation evaluation)
    {
        evaluation.Position = position;
        var value = subject.Evaluate(evaluation);
        foreach (var candidate in values)
        {
            evaluation.Charge();
            if (LiquidValue.AreEqual(value, candidate.Evaluate(evaluation)))
            {
                return true;
            }
        }

        return false;
    }
}
