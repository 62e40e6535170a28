namespace FlowDispatch.Templating.Liquid;

/// <summary>
/// Reads one path of a <see cref="VariableScope"/> without a rendering around it: most variables are nothing else, and a
/// million recipients have several each. Prints exactly what the template would.
/// </summary>
internal sealed class DirectPath(LiquidTemplate template, PathExpression path)
{
    private readonly string _root = path.Root;
    private readonly string? _field = path.Steps is [{ Key: string field }, ..] ? field : null;
    private readonly PathStep[] _rest = [.. path.Steps.Skip(1)];

    /// <summary>The path as written.</summary>
    public string Path => path.Text;

    /// <summary>The text of the value; null when there is nothing.</summary>
    public string? Print(VariableScope scope)
    {
        var value = _field is null ? Whole(scope) : ScopeFields.Field(scope, _root, _field);
        foreach (ref readonly var step in _rest.AsSpan())
        {
            value = LiquidValue.Member(value, step, step.Key);
        }

        if (LiquidValue.IsNothing(value))
        {
            return null;
        }

        var isJson = value is IReadOnlyDictionary<string, object?> or IReadOnlyList<object?>;
        var text = isJson ? LiquidValue.Text(value, template.NewEvaluation(scope.ToVariables(), null)) : LiquidValue.Scalar(value);

        // What is too long is refused by the template, in its words.
        return text.Length <= template.MaxOutputLength ? text : template.Render(scope.ToVariables());
    }

    // A root alone, or with an index, which no root has.
    private object? Whole(VariableScope scope) => path.Steps.Count == 0 ? ScopeFields.Root(scope, _root) : null;
}
