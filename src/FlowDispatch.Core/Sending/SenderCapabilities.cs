namespace FlowDispatch.Sending;

/// <summary>How the truth about a lost answer can be found.</summary>
[Flags]
public enum SenderCapabilities
{
    /// <summary>It can't: a person or the policy decides.</summary>
    None = 0,

    /// <summary>Sending again under the same attempt id is harmless.</summary>
    IdempotentSends = 1,

    /// <summary>The provider reports later what it took, carrying our attempt id.</summary>
    Receipts = 2,
}
