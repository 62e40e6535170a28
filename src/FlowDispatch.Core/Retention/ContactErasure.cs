namespace FlowDispatch.Retention;

/// <summary>What an erasure did.</summary>
/// <param name="Recipients">In how many executions the person was found.</param>
/// <param name="InFlight">In how many of them a message is in a sender's hands: these are not erased yet, and neither is the contact.</param>
public sealed record ContactErasure(int Recipients, int InFlight)
{
    /// <summary>True once nothing is left of the person.</summary>
    public bool Complete => InFlight == 0;
}
