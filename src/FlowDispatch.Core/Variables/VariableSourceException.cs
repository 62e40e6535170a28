using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.Variables;

/// <summary>A variable source threw, hung or is not there; the message names it and is fit for operators.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Made here alone, and never without the source's name.")]
public sealed class VariableSourceException : Exception
{
    private const int LongestReason = 1_000;

    private VariableSourceException(string sourceName, string message, Exception? cause = null)
        : base(message, cause) => SourceName = sourceName;

    /// <summary>The root's name.</summary>
    public string SourceName { get; }

    internal static VariableSourceException NotRegistered(string name) =>
        new(name, $"No variable source \"{name}\" is registered here. Call AddVariables<…>(\"{name}\") in every process that dispatches.");

    internal static VariableSourceException Silent(string name, TimeSpan timeout) =>
        new(name, $"The variable source \"{name}\" gave no answer within {timeout}. It is asked again until it does.");

    // Only what a source says for operators is shown: any other exception's message may hold secrets of the host.
    internal static VariableSourceException Failed(string name, Exception cause) => new(
        name,
        cause is VariablesUnavailableException
            ? $"The variable source \"{name}\" can't answer: {(cause.Message.Length <= LongestReason ? cause.Message : cause.Message[..LongestReason] + "…")} It is asked again until it can."
            : $"The variable source \"{name}\" failed with {cause.GetType().Name}; the log says more. It is asked again until it answers.",
        cause);
}
