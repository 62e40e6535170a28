using FlowDispatch.Flows;

namespace FlowDispatch.Automations;

/// <summary>What happens, on channels where only a template may open a conversation, to a flow that begins otherwise.</summary>
/// <param name="Kind">The choice.</param>
/// <param name="Opening">With <see cref="WindowPolicyKind.Template"/>: the template that opens.</param>
public sealed record WindowPolicy(WindowPolicyKind Kind, TemplateContent? Opening = null)
{
    /// <summary>The start is refused.</summary>
    public static WindowPolicy Reject { get; } = new(WindowPolicyKind.Reject);
}
