using FlowDispatch.Contacts;

namespace FlowDispatch.Limits;

/// <summary>The names of buckets that more than one part asks.</summary>
internal static class LimitKeys
{
    /// <summary>The rate of a channel.</summary>
    public static string Channel(string channelId) => $"channel:{channelId}";

    /// <summary>The frequency cap of a contact on a channel.</summary>
    public static string Cap(string channelId, ContactId contact) => $"cap:{channelId}:{contact}";
}
