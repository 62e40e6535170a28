namespace FlowDispatch.Automations;

/// <summary>Something about an automation's settings that does not keep it from running, but is hardly meant.</summary>
/// <param name="Path">The field, like <c>variable_mapping.name</c>.</param>
/// <param name="Message">What will happen and what would be right.</param>
/// <param name="Line">Where in the field's template, from 1; null when it concerns the whole field.</param>
/// <param name="Column">Where in the field's template, from 1; null when it concerns the whole field.</param>
public sealed record AutomationWarning(string Path, string Message, int? Line = null, int? Column = null);
