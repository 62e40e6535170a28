namespace FlowDispatch.Audiences;

/// <summary>What is wrong with an audience's settings.</summary>
/// <param name="Field">The field within <c>audience_config</c>; empty for the object itself.</param>
/// <param name="Message">The value, the rule and the repair.</param>
public sealed record AudienceProblem(string Field, string Message);
