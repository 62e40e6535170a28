namespace FlowDispatch.Testing.Simulations;

/// <summary>What a simulation showed.</summary>
/// <param name="Seed">Run it again with this, and the same happens.</param>
/// <param name="Plan">What it was made of.</param>
/// <param name="Violations">Promises that were broken, in words; empty where all held.</param>
/// <param name="Trace">What happened, each line with seconds since the start; empty unless it was asked for.</param>
/// <param name="Fingerprint">Equal for two runs in which the same happened.</param>
/// <param name="HandOvers">Messages put into a sender's hands.</param>
/// <param name="Lasted">How long it was by the simulation's clock.</param>
public sealed record SimulationReport(
    int Seed, string Plan, IReadOnlyList<string> Violations, IReadOnlyList<string> Trace, string Fingerprint, int HandOvers, TimeSpan Lasted);
