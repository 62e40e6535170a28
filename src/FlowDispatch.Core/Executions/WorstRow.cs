using FlowDispatch.Storage;

namespace FlowDispatch.Executions;

/// <summary>Somebody whose texts are worth a look before anything is sent.</summary>
/// <param name="Recipient">As it would be planned.</param>
/// <param name="Node">The flow's node that says the text; null for the window policy's opening, and where it is about variables.</param>
/// <param name="Variables">The variables concerned; empty where it is about a message.</param>
/// <param name="Text">The text, its first 1,000 characters; null where it is empty.</param>
/// <param name="Characters">How long the whole text is; a surrogate pair is one.</param>
/// <param name="Signs">What is odd about it, as <see cref="WorstRows.OddTexts"/> says; empty otherwise.</param>
public sealed record WorstRow(
    PlannedRecipient Recipient, string? Node, IReadOnlyList<string> Variables, string? Text, int Characters, IReadOnlyList<string> Signs);
