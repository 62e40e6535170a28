namespace FlowDispatch.Channels;

/// <summary>How a channel fares, in a word.</summary>
public enum ChannelStatus
{
    /// <summary>Nothing is known against it.</summary>
    Ok = 0,

    /// <summary>It rests on all nodes: the provider throttled it, or failed so often that sends pause.</summary>
    Held = 1,

    /// <summary>The provider refused it, its credentials say, and an execution is paused for that.</summary>
    Refused = 2,
}
