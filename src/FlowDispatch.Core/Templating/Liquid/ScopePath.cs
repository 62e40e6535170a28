namespace FlowDispatch.Templating.Liquid;

/// <summary>How a path begins in a <see cref="VariableScope"/>: found once, when the template is read, instead of by name for each person.</summary>
/// <param name="Read">Reads the root's field where the path names one, the whole root otherwise.</param>
/// <param name="Steps">How many steps of the path that covers.</param>
internal readonly record struct ScopePath(Func<VariableScope, object?> Read, int Steps)
{
    public static ScopePath Of(string root, PathStep[] steps) => steps is [{ Key: string field }, ..]
        ? new(ScopeFields.Reader(root, field), 1)
        : new(scope => ScopeFields.Root(scope, root), 0);
}
