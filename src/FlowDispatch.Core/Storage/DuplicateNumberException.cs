namespace FlowDispatch.Storage;

/// <summary>A contact's number already belongs to another contact of the organization.</summary>
public sealed class DuplicateNumberException : Exception
{
    /// <summary>With a standard message.</summary>
    public DuplicateNumberException()
        : base("The number already belongs to another contact of the organization.")
    {
    }

    /// <summary>With <paramref name="message"/>.</summary>
    public DuplicateNumberException(string message)
        : base(message)
    {
    }

    /// <summary>With <paramref name="message"/> and its cause.</summary>
    public DuplicateNumberException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
