namespace FlowDispatch.Benchmarks.Peers;

/// <summary>What <c>peer</c> prints, beside what <c>dispatch</c> does.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Store">Where it keeps its jobs.</param>
/// <param name="Recipients">How many there were.</param>
/// <param name="EnqueuePerSecond">From the first job handed to the peer to the last one that it has stored.</param>
/// <param name="DispatchPerSecond">From the start of its workers to the last durable result.</param>
/// <param name="CpuSeconds">The process's processor time over the same stretch, store client and all.</param>
/// <param name="PeakRssMb">The largest resident memory of the whole process.</param>
internal sealed record PeerResult(
    string Peer, string Store, int Recipients, double EnqueuePerSecond, double DispatchPerSecond, double CpuSeconds, double PeakRssMb);
