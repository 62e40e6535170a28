using System.Text.Json.Serialization;

namespace FlowDispatch.Benchmarks.Flows;

/// <summary>What <c>flow</c> prints: a flow that waits for each person's reply, beside one of one message.</summary>
/// <param name="Store">The store.</param>
/// <param name="Recipients">How many there were in each.</param>
/// <param name="MessagePerSecond">Recipients of the one message, from the first claim to the last durable result.</param>
/// <param name="FlowPerSecond">Recipients of the other, over the same stretch, their replies and second messages included.</param>
/// <param name="TimeRatio">The time that a recipient takes in it, to that of one message.</param>
/// <param name="MessageCpuUs">The process's processor time for a recipient of the one message, in microseconds.</param>
/// <param name="FlowCpuUs">The same for the other.</param>
/// <param name="CpuRatio">The latter to the former.</param>
/// <param name="MessageStoreRoundTripsPer1000">Calls of the store for the one message, per 1,000 recipients.</param>
/// <param name="FlowStoreRoundTripsPer1000">The same for the other.</param>
/// <param name="Consistent">Whether counters and rows agreed afterwards, in both.</param>
internal sealed record FlowResult(
    string Store,
    int Recipients,
    double MessagePerSecond,
    double FlowPerSecond,
    double TimeRatio,
    double MessageCpuUs,
    double FlowCpuUs,
    double CpuRatio,
    [property: JsonPropertyName("message_store_round_trips_per_1000")] double MessageStoreRoundTripsPer1000,
    [property: JsonPropertyName("flow_store_round_trips_per_1000")] double FlowStoreRoundTripsPer1000,
    bool Consistent);
