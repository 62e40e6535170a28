namespace FlowDispatch.Templating.Liquid;

/// <summary>One step of a path: <c>.name</c>, <c>["name"]</c>, <c>[0]</c> or <c>[other.path]</c>.</summary>
internal readonly record struct PathStep(object? Key, Expression? KeyExpression, bool IsDot)
{
    public static PathStep Dot(string name) => new(name, null, IsDot: true);

    public static PathStep Constant(object? key) => new(key, null, IsDot: false);

    public static PathStep Computed(Expression key) => new(null, key, IsDot: false);
}
