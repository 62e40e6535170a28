using Microsoft.Extensions.Options;

namespace FlowDispatch.Diagnostics;

internal sealed class DispatchHealthOptionsValidator : IValidateOptions<FlowDispatchOptions>
{
    public ValidateOptionsResult Validate(string? name, FlowDispatchOptions options)
    {
        var health = options.Health;
        var failures = new List<string>();
        Check(health.MaxLag > TimeSpan.Zero, nameof(health.MaxLag), health.MaxLag, "more than zero");
        Check(health.MaxLeaseOverdue > TimeSpan.Zero, nameof(health.MaxLeaseOverdue), health.MaxLeaseOverdue, "more than zero");
        Check(health.MaxInDoubt >= 0, nameof(health.MaxInDoubt), health.MaxInDoubt, "0 or more");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string setting, object value, string rule)
        {
            if (!holds)
            {
                failures.Add($"{nameof(DispatchHealthOptions)}.{setting} is {value}; it must be {rule}.");
            }
        }
    }
}
