namespace FlowDispatch.Mutations;

/// <summary>One way to break the engine.</summary>
/// <param name="Name">What goes wrong, in words.</param>
/// <param name="File">Under the core project.</param>
/// <param name="Find">What stands there, once.</param>
/// <param name="Put">What it becomes.</param>
internal sealed record Mutation(string Name, string File, string Find, string Put);
