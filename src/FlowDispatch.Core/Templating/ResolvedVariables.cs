namespace FlowDispatch.Templating;

/// <summary>A mapping resolved for one recipient; frozen with it.</summary>
/// <param name="Values">The text of every variable of the mapping, in its order; never null.</param>
/// <param name="Missing">
/// The paths that resolved to nothing (null, unknown or empty) where they were to be printed, each once, as written; the first 50.
/// A path with a <c>default</c> filter, one in a condition or in a branch not taken does not count.
/// </param>
public sealed record ResolvedVariables(IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Missing);
