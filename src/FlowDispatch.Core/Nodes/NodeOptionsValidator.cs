using Microsoft.Extensions.Options;

namespace FlowDispatch.Nodes;

internal sealed class NodeOptionsValidator : IValidateOptions<FlowDispatchOptions>
{
    private static readonly TimeSpan LongestLease = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestDoubt = TimeSpan.FromDays(366);

    public ValidateOptionsResult Validate(string? name, FlowDispatchOptions options)
    {
        var node = options.Node;
        var failures = new List<string>();
        Check(node.MaxConcurrency is >= 1 and <= 10_000, nameof(node.MaxConcurrency), node.MaxConcurrency, "from 1 to 10,000");
        Check(node.MaxExecutions is >= 1 and <= 1_000, nameof(node.MaxExecutions), node.MaxExecutions, "from 1 to 1,000");
        Check(node.LeaseDuration >= TimeSpan.FromSeconds(3) && node.LeaseDuration <= LongestLease, nameof(node.LeaseDuration), node.LeaseDuration, $"from 00:00:03 to {LongestLease}");
        Check(node.InDoubtGracePeriod >= TimeSpan.Zero && node.InDoubtGracePeriod <= LongestDoubt, nameof(node.InDoubtGracePeriod), node.InDoubtGracePeriod, $"from zero to {LongestDoubt}");
        Check(
            node.InDoubtDeadline >= node.InDoubtGracePeriod && node.InDoubtDeadline <= LongestDoubt,
            nameof(node.InDoubtDeadline),
            node.InDoubtDeadline,
            $"at least the grace period, {node.InDoubtGracePeriod}, and at most {LongestDoubt}");
        Check(Enum.IsDefined(node.InDoubtPolicy), nameof(node.InDoubtPolicy), node.InDoubtPolicy, "Hold or Repeat");
        Check(
            node.ControlInterval >= TimeSpan.FromMilliseconds(10) && node.ControlInterval <= TimeSpan.FromMilliseconds(500),
            nameof(node.ControlInterval),
            node.ControlInterval,
            "from 00:00:00.010 to 00:00:00.500");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string setting, object value, string rule)
        {
            if (!holds)
            {
                failures.Add($"{nameof(NodeOptions)}.{setting} is {value}; it must be {rule}.");
            }
        }
    }
}
