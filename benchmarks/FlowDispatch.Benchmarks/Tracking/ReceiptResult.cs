using System.Text.Json.Serialization;

namespace FlowDispatch.Benchmarks.Tracking;

/// <summary>What <c>receipts</c> prints.</summary>
/// <param name="Store">The store.</param>
/// <param name="Recipients">How many there were.</param>
/// <param name="DispatchPerSecond">Recipients, as <c>dispatch</c> has it: from the first claim to the last durable result.</param>
/// <param name="Receipts">How many were handed in, repetitions included.</param>
/// <param name="ReceiptsPerSecond">From the first batch handed in until counters say read of all and the inbox is empty.</param>
/// <param name="Ratio">Receipts per second to recipients dispatched per second.</param>
/// <param name="CpuSeconds">The process's processor time over the same stretch, store client and all.</param>
/// <param name="StoreRoundTripsPer1000">Calls of the store over the same stretch, per 1,000 receipts.</param>
/// <param name="Consistent">Whether counters and rows agreed afterwards.</param>
internal sealed record ReceiptResult(
    string Store,
    int Recipients,
    double DispatchPerSecond,
    int Receipts,
    double ReceiptsPerSecond,
    double Ratio,
    double CpuSeconds,
    [property: JsonPropertyName("store_round_trips_per_1000")] double StoreRoundTripsPer1000,
    bool Consistent);
