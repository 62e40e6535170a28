using Microsoft.Extensions.Options;

namespace FlowDispatch.Tracking;

/// <summary>Checks <see cref="TrackingOptions"/> at start.</summary>
internal sealed class TrackingOptionsValidator : IValidateOptions<TrackingOptions>
{
    private static readonly TimeSpan Least = TimeSpan.FromDays(7);
    private static readonly TimeSpan Most = TimeSpan.FromDays(365);

    public ValidateOptionsResult Validate(string? name, TrackingOptions options)
    {
        var failures = new List<string>();
        if (options.UnmatchedRetention < Least || options.UnmatchedRetention > Most)
        {
            failures.Add($"TrackingOptions.UnmatchedRetention is {options.UnmatchedRetention:c}; it must be from {Least:c} to {Most:c}.");
        }

        failures.AddRange(options.OptOutWords
            .Where(w => OptOutWords.Fold(w).Length == 0)
            .Select(w => $"TrackingOptions.OptOutWords has '{w}', which holds no letter or digit; remove it."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
