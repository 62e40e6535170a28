namespace FlowDispatch.Recipients;

/// <summary>The furthest a recipient ever came; reaching one counts those below it.</summary>
public enum Milestone
{
    /// <summary>Nothing was taken yet.</summary>
    None = 0,

    /// <summary>The provider took a message.</summary>
    Sent = 1,

    /// <summary>A message was delivered.</summary>
    Delivered = 2,

    /// <summary>A message was opened.</summary>
    Read = 3,

    /// <summary>The person wrote back.</summary>
    Replied = 4,
}
