using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Templating;

/// <summary>
/// Liquid within bounds. Blocks are <c>if</c>, <c>unless</c>, <c>case</c>, <c>for</c>, <c>tablerow</c>, <c>capture</c>,
/// <c>ifchanged</c>, <c>comment</c> and <c>raw</c>; tags that read other templates do not exist. Stateless: one serves all tenants.
/// </summary>
public sealed class LiquidTemplateEngine : ITemplateEngine
{
    private readonly TemplateOptions _options;
    private readonly TimeProvider _time;

    /// <summary>An engine with these limits, copied now.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="time">What <c>{{ "now" | date: … }}</c> reads.</param>
    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    public LiquidTemplateEngine(TemplateOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = new TemplateOptions
        {
            MaxSourceLength = options.MaxSourceLength,
            MaxNesting = options.MaxNesting,
            MaxOutputLength = options.MaxOutputLength,
            MaxSteps = options.MaxSteps,
        };
        _time = time;
    }

    /// <inheritdoc/>
    public ITemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new TemplateParser(new TemplateSource(source), _options, _time).Parse();
    }
}
