namespace FlowDispatch.Limits;

/// <summary>The right to hand over one message, from an instant until it is void, by the monotonic clock of the node that took it.</summary>
/// <remarks>
/// The store gives permits by its own clock. What a node's clock shows does not matter: it knows that the store looked at
/// its clock between the question and the answer, and takes the later of the two for the beginning and the earlier for the end.
/// </remarks>
/// <param name="NotBefore">The first timestamp at which it may be used.</param>
/// <param name="VoidAt">The first timestamp at which it may not be used any more.</param>
internal readonly record struct Permit(long NotBefore, long VoidAt)
{
    private static readonly TimeSpan Handling = TimeSpan.FromMilliseconds(5);

    /// <summary>How long until it may be used; zero or less when it may.</summary>
    public TimeSpan DueIn(TimeProvider time) => time.GetElapsedTime(time.GetTimestamp(), NotBefore);

    /// <summary>Whether it is void by the time that <paramref name="other"/> may be used.</summary>
    public bool EndsBefore(Permit other, TimeProvider time) => time.GetElapsedTime(other.NotBefore, VoidAt) < Handling;

    /// <summary>Whether its time is over.</summary>
    public bool IsVoid(TimeProvider time) => time.GetTimestamp() >= VoidAt;
}
