namespace FlowDispatch.Limits;

/// <summary>The names of buckets that more than one part asks.</summary>
internal static class LimitKeys
{
    /// <summary>The rate of a channel.</summary>
    public static string Channel(string channelId) => $"channel:{channelId}";
}
