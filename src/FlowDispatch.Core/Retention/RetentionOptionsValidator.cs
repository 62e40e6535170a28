using Microsoft.Extensions.Options;

namespace FlowDispatch.Retention;

/// <summary>Checks <see cref="RetentionOptions"/> at start.</summary>
internal sealed class RetentionOptionsValidator : IValidateOptions<FlowDispatchOptions>
{
    private static readonly TimeSpan Least = TimeSpan.FromDays(1);
    private static readonly TimeSpan Most = TimeSpan.FromDays(3_650);

    public ValidateOptionsResult Validate(string? name, FlowDispatchOptions options) => options.Retention.KeepFinishedExecutions is { } kept && (kept < Least || kept > Most)
        ? ValidateOptionsResult.Fail(
            $"RetentionOptions.KeepFinishedExecutions is {kept:c}; it must be from {Least:c} to {Most:c}, or null to keep finished executions for ever.")
        : ValidateOptionsResult.Success;
}
