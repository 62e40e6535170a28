using FlowDispatch.Storage;

namespace FlowDispatch.Executions;

/// <summary>One recipient of a preview.</summary>
/// <param name="Recipient">As it would be planned.</param>
/// <param name="Messages">What it would be sent, in order; empty where it would not be.</param>
/// <param name="Errors">What could not be rendered.</param>
public sealed record PreviewedRecipient(PlannedRecipient Recipient, IReadOnlyList<PreviewedMessage> Messages, IReadOnlyList<PreviewError> Errors);
