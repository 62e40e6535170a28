namespace FlowDispatch.Templating;

/// <summary>Something about one variable of a mapping: an error that refuses it or a warning.</summary>
/// <param name="Variable">The variable's name.</param>
/// <param name="Message">What is wrong and what would be right.</param>
/// <param name="Line">Where in its template, from 1; null when it concerns the whole value.</param>
/// <param name="Column">Where in its template, from 1; null when it concerns the whole value.</param>
public sealed record VariableMappingProblem(string Variable, string Message, int? Line = null, int? Column = null);
