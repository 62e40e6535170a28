namespace FlowDispatch.Templating;

/// <summary>A variable mapping can't be compiled. It names every variable at fault, not only the first.</summary>
public sealed class VariableMappingException : Exception
{
    /// <summary>A mapping that can't be compiled, without saying why.</summary>
    public VariableMappingException()
        : this("The variable mapping can't be compiled.")
    {
    }

    /// <summary>A mapping that can't be compiled.</summary>
    public VariableMappingException(string message)
        : base(message) => Errors = [];

    /// <summary>A mapping that can't be compiled because of another error.</summary>
    public VariableMappingException(string message, Exception innerException)
        : base(message, innerException) => Errors = [];

    /// <summary>A mapping with these errors.</summary>
    public VariableMappingException(IReadOnlyList<VariableMappingProblem> errors)
        : base(string.Join(Environment.NewLine, errors.Select(e => $"{e.Variable}: {e.Message}"))) => Errors = errors;

    /// <summary>The errors, in the mapping's order.</summary>
    public IReadOnlyList<VariableMappingProblem> Errors { get; }
}
