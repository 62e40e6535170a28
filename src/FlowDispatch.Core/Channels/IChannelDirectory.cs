namespace FlowDispatch.Channels;

/// <summary>Knows the channels of one kind; every adapter that brings a sender registers one, and a host may add its own.</summary>
public interface IChannelDirectory
{
    /// <summary>All channels, of all organizations. Read often: keep it in memory.</summary>
    IReadOnlyCollection<Channel> Channels { get; }
}
