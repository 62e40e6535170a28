namespace FlowDispatch.Storage;

/// <summary>An archived automation can't be started.</summary>
public sealed class AutomationArchivedException : Exception
{
    /// <summary>With a standard message.</summary>
    public AutomationArchivedException()
        : base("The automation is archived and can't be started.")
    {
    }

    /// <summary>With <paramref name="message"/>.</summary>
    public AutomationArchivedException(string message)
        : base(message)
    {
    }

    /// <summary>With <paramref name="message"/> and its cause.</summary>
    public AutomationArchivedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
