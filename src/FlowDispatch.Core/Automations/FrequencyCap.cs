using System.Text.Json.Serialization;

namespace FlowDispatch.Automations;

/// <summary>Most first messages to one contact on one channel in a time.</summary>
/// <param name="Count">At least 1.</param>
/// <param name="Period">More than zero.</param>
public sealed record FrequencyCap(int Count, TimeSpan Period)
{
    /// <summary><see cref="Period"/> as it was written, to be shown again; null where it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PeriodText { get; init; }
}
