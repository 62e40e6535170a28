namespace FlowDispatch.Templating.Liquid;

/// <summary>
/// Prints one path of a <see cref="VariableScope"/> without a rendering around it: most variables are nothing else, and a
/// million recipients have several each. Prints exactly what the template would.
/// </summary>
internal sealed class DirectPath(LiquidTemplate template, PathExpression path) : VariableSource(template)
{
    private readonly LiquidTemplate _template = template;

    public override string Print(VariableScope scope, ref List<string>? missing)
    {
        var value = path.Read(scope);
        if (LiquidValue.IsNothing(value))
        {
            Miss(path.Text, ref missing);
            return "";
        }

        if (value is not (IReadOnlyDictionary<string, object?> or IReadOnlyList<object?>))
        {
            var text = LiquidValue.Scalar(value);
            if (text.Length <= _template.MaxOutputLength)
            {
                return text;
            }
        }

        // An object counts its steps, and what is too long is refused in the template's words.
        return _template.Render(scope, out _);
    }
}
