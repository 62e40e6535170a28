namespace FlowDispatch.Variables;

/// <summary>A source can't give values now; the execution's <c>status_reason</c> has this message until it can, and planning asks again.</summary>
public sealed class VariablesUnavailableException : Exception
{
    /// <summary>With a standard message.</summary>
    public VariablesUnavailableException()
        : base("The values can't be given now.")
    {
    }

    /// <summary>With <paramref name="message"/>, a sentence that operators read.</summary>
    public VariablesUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With <paramref name="message"/> and its cause.</summary>
    public VariablesUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
