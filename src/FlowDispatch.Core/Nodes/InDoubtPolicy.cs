namespace FlowDispatch.Nodes;

/// <summary>What happens to an attempt whose fate no receipt and no sender can tell.</summary>
public enum InDoubtPolicy
{
    /// <summary>It stays in doubt; the execution completes around it, and a person resolves it.</summary>
    Hold = 0,

    /// <summary>It is sent again, at the risk of a second message.</summary>
    Repeat = 1,
}
