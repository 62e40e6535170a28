namespace FlowDispatch.Audiences;

/// <summary>An audience can't be resolved; the execution fails as a whole with this message and can be resumed.</summary>
public sealed class AudienceUnavailableException : Exception
{
    /// <summary>With a standard message.</summary>
    public AudienceUnavailableException()
        : base("The audience can't be resolved.")
    {
    }

    /// <summary>With <paramref name="message"/>, which operators read.</summary>
    public AudienceUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With <paramref name="message"/> and its cause.</summary>
    public AudienceUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
