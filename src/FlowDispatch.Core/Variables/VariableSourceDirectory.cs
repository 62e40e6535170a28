using FlowDispatch.Executions;
using FlowDispatch.Templating;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Variables;

/// <summary>Knows the variable sources by the name of their root.</summary>
/// <param name="services">Where sources are registered under their names.</param>
public sealed class VariableSourceDirectory(IServiceProvider services)
{
    /// <summary>The roots that have a source, in the order of their registration.</summary>
    public IReadOnlyList<string> Names { get; } = [.. services.GetServices<VariableSourceName>().Select(n => n.Name)];

    /// <summary>The source of a root; null when none is registered under it.</summary>
    public IVariableSource? Find(string name) => services.GetKeyedService<IVariableSource>(name);

    /// <summary>How sources are asked.</summary>
    internal VariableSourceCalls Calls => services.GetRequiredService<VariableSourceCalls>();

    /// <summary>Compiles a mapping that may read the roots registered here.</summary>
    internal VariableMapping Compile(IReadOnlyDictionary<string, System.Text.Json.JsonElement> mapping, ITemplateEngine engine) =>
        VariableMapping.Compile(mapping, engine, Names.ToDictionary(name => name, name => Find(name)?.Fields, StringComparer.Ordinal));

    /// <summary>The registered roots that a mapping reads.</summary>
    internal IReadOnlyList<string> UsedBy(VariableMapping mapping) => [.. Names.Intersect(mapping.Roots, StringComparer.Ordinal)];

    /// <summary>The sources of an execution: those it was started with, also where one is not registered here, and those registered since.</summary>
    internal IReadOnlyList<string> UsedBy(ExecutionSnapshot snapshot, VariableMapping mapping) =>
        [.. snapshot.VariableSources.Union(UsedBy(mapping), StringComparer.Ordinal)];

    /// <summary>One registration, to be listed by.</summary>
    internal sealed record VariableSourceName(string Name);
}
