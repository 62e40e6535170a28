namespace FlowDispatch.Templating;

/// <summary>Reads Liquid templates. Safe to share between threads.</summary>
public interface ITemplateEngine
{
    /// <summary>Checks and compiles a template, whoever wrote it: a hostile one is refused, never run into the ground.</summary>
    /// <param name="source">Liquid text; without tags it is a constant.</param>
    /// <exception cref="TemplateSyntaxException">
    /// Too long, too deep, a tag or block that never ends, an unknown tag or filter, or an expression that can't be read.
    /// </exception>
    ITemplate Parse(string source);
}
