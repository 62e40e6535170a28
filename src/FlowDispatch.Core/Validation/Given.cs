namespace FlowDispatch.Validation;

/// <summary>A field that may be left out, given as null, or given with a value.</summary>
/// <param name="IsGiven">False where it was left out.</param>
/// <param name="Value">The value; the type's default where it was left out, null, or could not be read.</param>
public readonly record struct Given<T>(bool IsGiven, T Value)
{
    /// <summary>The value where one was given (null included), otherwise what is there already.</summary>
    public T Or(T present) => IsGiven ? Value : present;
}
