using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Templating;

/// <summary>Liquid within bounds. Stateless: one serves all tenants.</summary>
/// <remarks>
/// Tags: <c>if</c>, <c>unless</c>, <c>case</c>, <c>for</c>, <c>tablerow</c>, <c>capture</c>, <c>ifchanged</c>, <c>comment</c>,
/// <c>raw</c>, <c>assign</c>, <c>increment</c>, <c>decrement</c>, <c>cycle</c>, <c>break</c>, <c>continue</c>; none reads another template.
/// Filters: <c>abs</c>, <c>append</c>, <c>at_least</c>, <c>at_most</c>, <c>base64_decode</c>, <c>base64_encode</c>,
/// <c>base64_url_safe_decode</c>, <c>base64_url_safe_encode</c>, <c>capitalize</c>, <c>ceil</c>, <c>compact</c>, <c>concat</c>, <c>date</c>,
/// <c>default</c>, <c>divided_by</c>, <c>downcase</c>, <c>escape</c>, <c>escape_once</c>, <c>first</c>, <c>floor</c>, <c>h</c>, <c>join</c>,
/// <c>last</c>, <c>lstrip</c>, <c>map</c>, <c>minus</c>, <c>modulo</c>, <c>newline_to_br</c>, <c>plus</c>, <c>prepend</c>, <c>remove</c>,
/// <c>remove_first</c>, <c>replace</c>, <c>replace_first</c>, <c>reverse</c>, <c>round</c>, <c>rstrip</c>, <c>size</c>, <c>slice</c>,
/// <c>sort</c>, <c>sort_natural</c>, <c>split</c>, <c>strip</c>, <c>strip_html</c>, <c>strip_newlines</c>, <c>times</c>, <c>truncate</c>,
/// <c>truncatewords</c> (also <c>truncate_words</c>), <c>uniq</c>, <c>upcase</c>, <c>url_decode</c>, <c>url_encode</c>, <c>where</c>.
/// A number in a text (a column of a CSV) counts as a number where it is compared or reckoned with one. An object has nothing
/// but its fields; lists and texts have <c>size</c>, lists also <c>first</c> and <c>last</c>.
/// </remarks>
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

        _options = options.Copy();
        _time = time;
    }

    /// <inheritdoc/>
    public ITemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return TemplateParser.Parse(new TemplateSource(source), _options, _time);
    }
}
