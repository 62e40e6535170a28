using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Recipients;

/// <summary>A single recipient with its history and why it stands where it stands.</summary>
internal sealed record RecipientDetail : RecipientAnswer
{
    [SetsRequiredMembers]
    public RecipientDetail(RecipientAnswer recipient, IReadOnlyList<HistoryEntry> history, RecipientExplanation explanation)
        : base(recipient) => (History, Explanation) = (history, explanation);

    [JsonPropertyOrder(1)]
    public IReadOnlyList<HistoryEntry> History { get; }

    [JsonPropertyOrder(1)]
    public RecipientExplanation Explanation { get; }
}
