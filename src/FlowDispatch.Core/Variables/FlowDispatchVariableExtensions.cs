using FlowDispatch.DependencyInjection;
using FlowDispatch.Templating;
using FlowDispatch.Variables;

namespace Microsoft.Extensions.DependencyInjection; // where hosts find registrations without a using

/// <summary>Adds variable sources to FlowDispatch.</summary>
public static class FlowDispatchVariableExtensions
{
    // What a template would read as something else than a name.
    private static readonly string[] Words = ["true", "false", "nil", "null", "empty", "blank", "forloop", "tablerowloop", "and", "or", "contains", "in"];

    /// <summary>Adds a source of variables: what it gives is read as <c>{{ root.field }}</c>. Register it in every process that serves the API or dispatches.</summary>
    /// <param name="builder">From <c>AddFlowDispatch</c>.</param>
    /// <param name="root">
    /// Its name in templates: lower-case letters, digits and <c>_</c>, at most 50, beginning with a letter; neither a root that there
    /// is (<c>contact</c>, <c>row</c>, <c>event</c>, <c>automation</c>, <c>execution</c>, <c>channel</c>) nor a word of Liquid.
    /// </param>
    /// <exception cref="ArgumentException">The name can't be a root, or has a source already.</exception>
    public static FlowDispatchBuilder AddVariables<TSource>(this FlowDispatchBuilder builder, string root)
        where TSource : class, IVariableSource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        if (VariableScope.Roots.Contains(root, StringComparer.Ordinal))
        {
            throw new ArgumentException($"\"{root}\" is a root that templates have already ({string.Join(", ", VariableScope.Roots)}); give the source another name.", nameof(root));
        }

        if (root.Length > 50 || !char.IsAsciiLetterLower(root[0]) || !root.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
            || Words.Contains(root, StringComparer.Ordinal))
        {
            throw new ArgumentException(
                $"\"{root}\" can't name a variable source; use at most 50 lower-case letters, digits and _, a letter first, and no word of Liquid.", nameof(root));
        }

        var name = new VariableSourceDirectory.VariableSourceName(root);
        if (builder.Services.Any(s => !s.IsKeyedService && Equals(s.ImplementationInstance, name)))
        {
            throw new ArgumentException($"A variable source is registered as \"{root}\" already; give {typeof(TSource).Name} another name.", nameof(root));
        }

        builder.Services.AddSingleton(name);
        builder.Services.AddKeyedSingleton<IVariableSource, TSource>(root);
        return builder;
    }
}
