using System.Text.Json.Serialization;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>What <c>dispatch</c> prints.</summary>
/// <param name="Store">The store.</param>
/// <param name="Recipients">How many there were.</param>
/// <param name="ExpandPerSecond">Audience to stored recipients with their variables, planning alone.</param>
/// <param name="DispatchPerSecond">From the first claim to the last durable result.</param>
/// <param name="CpuSeconds">The processes' processor time over the same stretch, store client and all.</param>
/// <param name="PeakRssMb">The largest resident memory of any of the processes, filling the store included.</param>
/// <param name="StoreRoundTripsPer1000">Calls of the store from the first claim to the last durable result, per 1,000 recipients.</param>
internal sealed record DispatchResult(
    string Store,
    int Recipients,
    double ExpandPerSecond,
    double DispatchPerSecond,
    double CpuSeconds,
    double PeakRssMb,
    [property: JsonPropertyName("store_round_trips_per_1000")] double StoreRoundTripsPer1000);
