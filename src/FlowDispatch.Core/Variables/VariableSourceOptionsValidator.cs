using Microsoft.Extensions.Options;

namespace FlowDispatch.Variables;

internal sealed class VariableSourceOptionsValidator : IValidateOptions<VariableSourceOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, VariableSourceOptions options) => options.Timeout >= Shortest && options.Timeout <= Longest
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"VariableSourceOptions.Timeout is {options.Timeout}; it must be from {Shortest} to {Longest}.");
}
