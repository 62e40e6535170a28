namespace FlowDispatch.Validation;

/// <summary>What was asked for is not possible in the state that the thing is in.</summary>
public sealed class WrongStateException : Exception
{
    /// <summary>Without naming the state.</summary>
    public WrongStateException()
        : this("This is not possible in the present state.")
    {
    }

    /// <summary>With <paramref name="message"/>.</summary>
    public WrongStateException(string message)
        : base(message)
    {
    }

    /// <summary>With <paramref name="message"/> and its cause.</summary>
    public WrongStateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>With the state as a word (like <c>archived</c>) and what it forbids.</summary>
    public WrongStateException(string state, string message)
        : base(message) => State = state;

    /// <summary>The state as users see it; null where it has no word.</summary>
    public string? State { get; }
}
