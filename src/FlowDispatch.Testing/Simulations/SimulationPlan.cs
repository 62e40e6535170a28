using FlowDispatch.Automations;
using FlowDispatch.Nodes;
using FlowDispatch.Sending;

namespace FlowDispatch.Testing.Simulations;

/// <summary>What one simulation is made of; a seed draws it, so that most corners meet most others in time.</summary>
internal sealed record SimulationPlan
{
    public required int Nodes { get; init; }

    /// <summary>How many of the nodes take receipts in; the others only send.</summary>
    public required int Receivers { get; init; }

    public required int People { get; init; }

    public required int Executions { get; init; }

    /// <summary>Whether all executions are of one automation, and so share its limits.</summary>
    public required bool OneAutomation { get; init; }

    public required int Steps { get; init; }

    public required int Concurrency { get; init; }

    public required int MaxRetries { get; init; }

    public required int? RatePerHour { get; init; }

    public required int? ChannelPerSecond { get; init; }

    public required FrequencyCap? Cap { get; init; }

    /// <summary>When the window closes for a minute, counted from the start; null for no window.</summary>
    public required TimeSpan? WindowClosesIn { get; init; }

    public required TimeSpan? ExpiresAfter { get; init; }

    public required SenderCapabilities Capabilities { get; init; }

    public required InDoubtPolicy Policy { get; init; }

    public required TimeSpan Lease { get; init; }

    /// <summary>The most by which a node's clock is off, either way.</summary>
    public required double ClockOffset { get; init; }

    /// <summary>How long things go wrong; afterwards everything works, so that all can end.</summary>
    public required TimeSpan Storm { get; init; }

    public required int Kills { get; init; }

    public required int Stalls { get; init; }

    public required int Outages { get; init; }

    public required int Stops { get; init; }

    public required int Commands { get; init; }

    public required double StoreRefusals { get; init; }

    public required double StoreLostAnswers { get; init; }

    public required double StoreSlow { get; init; }

    public required double Transient { get; init; }

    public required double Permanent { get; init; }

    public required double Throttled { get; init; }

    public required double NeverConnected { get; init; }

    public required double LostRequests { get; init; }

    public required double LostAnswers { get; init; }

    public required double FailedReceipts { get; init; }

    public required double DoubledReceipts { get; init; }

    public required double LongestReceipt { get; init; }

    public required double Prompt { get; init; }

    public required double VerySlow { get; init; }

    public required double Latency { get; init; }

    public required ErrorBudget? Budget { get; init; }

    /// <summary>Long enough for every receipt that a storm held up.</summary>
    public TimeSpan Deadline => Storm + TimeSpan.FromSeconds(60);

    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(20);

    public static SimulationPlan Draw(Random chance)
    {
        var nodes = Pick(1, 1, 2, 2, 3);
        var executions = Pick(1, 1, 1, 2, 2, 3);
        var capabilities = Pick(
            SenderCapabilities.Receipts, SenderCapabilities.Receipts, SenderCapabilities.Receipts | SenderCapabilities.IdempotentSends, SenderCapabilities.None, SenderCapabilities.IdempotentSends);
        var storm = TimeSpan.FromSeconds(chance.Next(5, 40));
        return new()
        {
            Nodes = nodes,
            People = Pick(1, 2, 5, 10, 20, 40),
            Executions = executions,
            OneAutomation = executions > 1 && Maybe(0.5),
            Steps = Pick(1, 1, 1, 2, 3),
            Concurrency = Pick(1, 2, 3, 5, 10, 50),
            MaxRetries = Pick(0, 1, 2),
            RatePerHour = Maybe(0.4) ? Pick(3_600, 7_200, 18_000, 100_000) : null,
            ChannelPerSecond = Maybe(0.3) ? Pick(2, 5, 20) : null,
            Cap = Maybe(0.15) ? new(Pick(1, 2), TimeSpan.FromMinutes(Pick(1, 5))) : null,
            WindowClosesIn = Maybe(0.15) ? TimeSpan.FromSeconds(Pick(-40, -10, 0, 5, 20)) : null,
            ExpiresAfter = Maybe(0.1) ? TimeSpan.FromSeconds(Pick(5, 30, 120)) : null,
            Capabilities = capabilities,
            Policy = Maybe(0.5) ? InDoubtPolicy.Hold : InDoubtPolicy.Repeat,
            Lease = TimeSpan.FromSeconds(Pick(3, 4, 6)),
            ClockOffset = Maybe(0.5) ? 0 : Pick(0.05, 0.5, 5),
            Storm = storm,
            Kills = Maybe(0.6) ? chance.Next(1, 5) : 0,
            Stalls = Maybe(0.3) ? chance.Next(1, 4) : 0,
            Outages = Maybe(0.3) ? chance.Next(1, 3) : 0,
            Stops = Maybe(0.2) ? 1 : 0,
            Commands = Maybe(0.5) ? chance.Next(1, 6) : 0,
            StoreRefusals = Maybe(0.4) ? 0.01 : 0,
            StoreLostAnswers = Maybe(0.4) ? 0.02 : 0,
            StoreSlow = Maybe(0.4) ? 0.05 : 0,
            Transient = Maybe(0.3) ? 0.1 : 0,
            Permanent = Maybe(0.3) ? 0.05 : 0,
            Throttled = Maybe(0.2) ? 0.1 : 0,
            NeverConnected = Maybe(0.2) ? 0.05 : 0,
            LostRequests = Maybe(0.3) ? 0.1 : 0,
            LostAnswers = Maybe(0.5) ? 0.15 : 0,
            FailedReceipts = Maybe(0.2) ? 0.1 : 0,
            DoubledReceipts = Maybe(0.5) ? 0.3 : 0,
            LongestReceipt = Pick(0.1, 2, 8),
            Prompt = Pick(0, 0.3, 1),
            VerySlow = Maybe(0.2) ? 0.1 : 0,
            Latency = Pick(0.02, 0.2, 0.8),
            Receivers = Maybe(0.5) ? nodes : 1,
            Budget = Maybe(0.2) ? new(Pick(1, 10, 50), Pick(1, 3, 8)) : null,
        };

        bool Maybe(double probability) => chance.NextDouble() < probability;

        T Pick<T>(params ReadOnlySpan<T> from) => from[chance.Next(from.Length)];
    }
}
