namespace FlowDispatch.Templating;

/// <summary>A compiled template. Safe to render on many threads at once.</summary>
public interface ITemplate
{
    /// <summary>
    /// The paths that the template reads from its variables, in the order written, each occurrence once. Names that the
    /// template assigns itself (<c>assign</c>, <c>capture</c>, <c>for</c>, counters) are not among them.
    /// </summary>
    IReadOnlyList<TemplateReference> References { get; }

    /// <summary>The filters that the template uses, in the order written, each occurrence once.</summary>
    IReadOnlyList<TemplateFilter> Filters { get; }

    /// <summary>
    /// The text for these variables. Values are data: Liquid within them is printed as it stands. Null and unknown print
    /// as nothing, numbers and booleans invariantly, dates as ISO-8601, lists and objects as JSON, whatever the thread's culture.
    /// </summary>
    /// <param name="variables">
    /// Values by root name, as <see cref="Contacts.FieldValues"/> describes them. A <c>contact</c> with <c>time_zone</c> and
    /// <c>language</c> decides the zone and the words of the <c>date</c> filter; otherwise UTC and English.
    /// </param>
    /// <param name="missing">
    /// Receives each path, once, that was to be printed or assigned but is null, unknown or empty and has no <c>default</c>
    /// filter; no more once it has 50. Paths in conditions and in branches not taken do not count.
    /// </param>
    /// <exception cref="TemplateRenderException">A limit was broken or a filter can't do what it is asked (a division by zero).</exception>
    string Render(IReadOnlyDictionary<string, object?> variables, ICollection<string>? missing = null);
}
