using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Text.Json;
using FlowDispatch.Templating.Liquid;
using FlowDispatch.Validation;

namespace FlowDispatch.Templating;

/// <summary>
/// An automation's <c>variable_mapping</c>, compiled once and resolved for many recipients. Safe to share between threads.
/// </summary>
public sealed class VariableMapping
{
    private const int MostWarnings = 100;
    private static readonly IReadOnlyDictionary<string, IReadOnlyCollection<string>?> NoRoots = ReadOnlyDictionary<string, IReadOnlyCollection<string>?>.Empty;

    private readonly string[] _names;
    private readonly FrozenDictionary<string, int> _positions;
    private readonly VariableSource[] _sources;

    private VariableMapping(IReadOnlyList<(string Name, VariableSource Source)> variables, IReadOnlyDictionary<string, IReadOnlyCollection<string>?> roots)
    {
        _names = [.. variables.Select(v => v.Name)];
        _sources = [.. variables.Select(v => v.Source)];
        _positions = _names.Index().ToFrozenDictionary(n => n.Item, n => n.Index, StringComparer.Ordinal);
        Uses = [.. variables.Select(v => new TemplateUse(v.Name, v.Source.References, v.Source.Filters))];
        Warnings = [.. variables.SelectMany(v => v.Source.References.SelectMany(r => WarningsOf(v.Name, r, roots))).Take(MostWarnings)];
    }

    /// <summary>The variables' names, in the mapping's order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>
    /// What will always be empty: paths whose root or whose field under a closed root does not exist (see
    /// <see cref="VariableScope"/>). Rows, events and custom fields are the tenant's own
    /// and never warned about here. At most 100.
    /// </summary>
    public IReadOnlyList<VariableMappingProblem> Warnings { get; }

    /// <summary>Compiles every variable of a mapping.</summary>
    /// <param name="mapping">By variable name: a text is a template, a number or boolean stands for its text, null for nothing.</param>
    /// <param name="engine">Reads the templates.</param>
    /// <param name="roots">The roots of the host's variable sources with the fields under each, null for any; null for no such roots.</param>
    /// <exception cref="VariableMappingException">A value is a list or an object, or a template can't be read; it names all of them.</exception>
    public static VariableMapping Compile(
        IReadOnlyDictionary<string, JsonElement> mapping, ITemplateEngine engine, IReadOnlyDictionary<string, IReadOnlyCollection<string>?>? roots = null)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(engine);
        var variables = new List<(string, VariableSource)>(mapping.Count);
        var errors = new List<VariableMappingProblem>();
        foreach (var (name, value) in mapping)
        {
            try
            {
                variables.Add((name, VariableSource.Of(value, engine)));
            }
            catch (TemplateSyntaxException e)
            {
                errors.Add(new(name, e.Message, e.Line, e.Column));
            }
            catch (Exception e) when (e is NotSupportedException or TemplateRenderException)
            {
                errors.Add(new(name, e.Message));
            }
        }

        return errors.Count == 0 ? new(variables, roots ?? NoRoots) : throw new VariableMappingException(errors);
    }

    /// <summary>What each variable's template reads and uses, in the mapping's order.</summary>
    public IReadOnlyList<TemplateUse> Uses { get; }

    /// <summary>The roots that its templates read, each once.</summary>
    internal IEnumerable<string> Roots => _sources.SelectMany(s => s.References).Select(r => r.Root).Distinct(StringComparer.Ordinal);

    /// <summary>Those of its variables that read none of these roots.</summary>
    internal VariableMapping Without(IReadOnlyCollection<string> roots) =>
        new([.. _names.Zip(_sources).Where(v => !v.Second.References.Any(r => roots.Contains(r.Root)))], NoRoots);

    /// <summary>The variables whose templates read a root of <see cref="VariableScope"/>.</summary>
    internal IEnumerable<string> Reading(string root) => _names.Where((_, i) => _sources[i].References.Any(r => r.Root == root));

    /// <summary>The variables of one recipient.</summary>
    /// <param name="scope">What templates can read.</param>
    /// <param name="kept">Variables that have this text instead of what their template says, by name; null for none.</param>
    /// <exception cref="TemplateRenderException">A template broke a limit, or a filter could not do what it is asked, for this recipient.</exception>
    public ResolvedVariables Resolve(VariableScope scope, IReadOnlyDictionary<string, string>? kept = null)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var values = new string[_sources.Length];
        List<string>? missing = null;
        Resolve(scope, values, ref missing, kept);
        return new(new VariableValues(_names, _positions, values), missing ?? (IReadOnlyList<string>)[]);
    }

    /// <summary>The same into the caller's storage, in the order of <see cref="Names"/>: what costs no memory is free of it here.</summary>
    internal void Resolve(VariableScope scope, Span<string> values, ref List<string>? missing, IReadOnlyDictionary<string, string>? kept = null)
    {
        for (var i = 0; i < _sources.Length; i++)
        {
            values[i] = kept is not null && kept.TryGetValue(_names[i], out var text) ? text : _sources[i].Print(scope, ref missing);
        }
    }

    private static IEnumerable<VariableMappingProblem> WarningsOf(
        string variable, TemplateReference reference, IReadOnlyDictionary<string, IReadOnlyCollection<string>?> roots)
    {
        if (roots.TryGetValue(reference.Root, out var fields))
        {
            if (fields is not null && reference.Field is { } written && !fields.Contains(written))
            {
                yield return new(
                    variable,
                    $"'{reference.Path}' is unknown and will be empty; '{reference.Root}' has no '{written}'.{NearestName.Proposal(written, fields)}",
                    reference.Line,
                    reference.Column);
            }
        }
        else if (!VariableScope.Roots.Contains(reference.Root))
        {
            var known = VariableScope.Roots.Concat(roots.Keys).ToList();
            yield return new(
                variable,
                $"'{reference.Path}' is unknown and will be empty; the values are in {string.Join(", ", known)}.{NearestName.Proposal(reference.Root, known)}",
                reference.Line,
                reference.Column);
        }
        else if (ScopeFields.NamesOf(reference.Root) is { } names && reference.Field is { } field && !names.Contains(field))
        {
            var hint = reference.Root == "contact" ? $" A custom field is written contact.custom_fields.{field}." : "";
            yield return new(
                variable,
                $"'{reference.Path}' is unknown and will be empty; '{reference.Root}' has no '{field}'.{NearestName.Proposal(field, names)}{hint}",
                reference.Line,
                reference.Column);
        }
    }
}
