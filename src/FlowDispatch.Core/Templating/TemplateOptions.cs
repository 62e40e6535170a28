using System.Globalization;

namespace FlowDispatch.Templating;

/// <summary>What a template may cost. Tenants write templates, so every bound is always on.</summary>
public sealed class TemplateOptions
{
    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromMinutes(1);

    /// <summary>Longest template, in UTF-16 characters. Default 65,536; 1 to 131,072.</summary>
    public int MaxSourceLength { get; set; } = 65_536;

    /// <summary>
    /// Most blocks within each other, brackets within each other, and <c>and</c>/<c>or</c> in one condition. Default 50; 1 to 75.
    /// </summary>
    public int MaxNesting { get; set; } = 50;

    /// <summary>Longest text a template may print, and any value on the way there, in UTF-16 characters. Default 65,536; 1 to 1,048,576.</summary>
    public int MaxOutputLength { get; set; } = 65_536;

    /// <summary>
    /// Most work of one rendering: an expression is a step, so is each turn of a loop, and long texts and lists count by their
    /// size. A count instead of a time, so that the same template ends alike on every machine. Default 100,000 (some tens of
    /// milliseconds at worst); 1,000 to 10,000,000.
    /// </summary>
    public int MaxSteps { get; set; } = 100_000;

    /// <summary>Most items of a list that a template makes or walks through: a split text, a range, a loop. Default 10,000; 1 to 1,000,000.</summary>
    public int MaxCollectionSize { get; set; } = 10_000;

    /// <summary>
    /// Longest a rendering may take, for a machine so slow that <see cref="MaxSteps"/> is no bound. The clock is looked at from the
    /// 4,096th step on and counts from there, so that an ordinary template never depends on how busy the machine is.
    /// Default 1 s; 10 ms to 1 min.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The same limits, which nobody changes any more.</summary>
    internal TemplateOptions Copy() => (TemplateOptions)MemberwiseClone();

    /// <summary>What is out of range, in words; nothing when all is well.</summary>
    internal IEnumerable<string> Problems() =>
        new[]
        {
            Check(nameof(MaxSourceLength), MaxSourceLength, 1, 131_072),
            Check(nameof(MaxNesting), MaxNesting, 1, 75),
            Check(nameof(MaxOutputLength), MaxOutputLength, 1, 1_048_576),
            Check(nameof(MaxSteps), MaxSteps, 1_000, 10_000_000),
            Check(nameof(MaxCollectionSize), MaxCollectionSize, 1, 1_000_000),
            Deadline >= ShortestDeadline && Deadline <= LongestDeadline
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"TemplateOptions.Deadline is {Deadline}; it must be from {ShortestDeadline} to {LongestDeadline}."),
        }.OfType<string>();

    private static string? Check(string name, int value, int least, int most) => value >= least && value <= most
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"TemplateOptions.{name} is {value}; it must be from {least:N0} to {most:N0}.");
}
