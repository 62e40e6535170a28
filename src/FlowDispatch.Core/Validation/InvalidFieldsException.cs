namespace FlowDispatch.Validation;

/// <summary>Fields are missing, mistyped, unknown or out of range. It names every field at fault, not only the first.</summary>
public sealed class InvalidFieldsException : Exception
{
    private const string Standard = "One or more fields are invalid.";

    /// <summary>Without naming the fields.</summary>
    public InvalidFieldsException()
        : this(Standard)
    {
    }

    /// <summary>With <paramref name="message"/> for the whole.</summary>
    public InvalidFieldsException(string message)
        : base(message) => Errors = new Dictionary<string, IReadOnlyList<string>> { [""] = [message] };

    /// <summary>With <paramref name="message"/> for the whole, and its cause.</summary>
    public InvalidFieldsException(string message, Exception innerException)
        : base(message, innerException) => Errors = new Dictionary<string, IReadOnlyList<string>> { [""] = [message] };

    /// <summary>One field at fault.</summary>
    public InvalidFieldsException(string path, string message)
        : this(new Dictionary<string, IReadOnlyList<string>> { [path] = [message] })
    {
    }

    /// <summary>All fields at fault.</summary>
    public InvalidFieldsException(IReadOnlyDictionary<string, IReadOnlyList<string>> errors)
        : base(Standard + " " + string.Join(' ', errors.Select(e => $"{e.Key}: {string.Join(' ', e.Value)}"))) => Errors = errors;

    /// <summary>What is wrong, by the field's path; the empty path is the whole.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; }
}
