using FlowDispatch.Sending;

namespace FlowDispatch.Executions;

/// <summary>One message of a preview.</summary>
/// <param name="Node">The flow's node; null for the window policy's opening, which goes only to people without an open conversation.</param>
/// <param name="Content">What it says.</param>
public sealed record PreviewedMessage(string? Node, MessageContent Content);
