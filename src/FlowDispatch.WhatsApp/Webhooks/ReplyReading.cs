using System.Text.Json;
using FlowDispatch.Tracking;

namespace FlowDispatch.WhatsApp.Webhooks;

/// <summary>Reads one message from a person.</summary>
internal static class ReplyReading
{
    /// <summary>The reply; null for what is none: notices of the system, edits and withdrawals, unsupported kinds, group chats.</summary>
    public static InboundEvent.Reply? Read(JsonElement message, string channelId, DateTimeOffset at)
    {
        var type = message.Member("type").AsText();
        if (message.Member("id").AsText() is not { } id
            || type is null
            || !IsReply(type, message)
            || message.Member("group_id").ValueKind != JsonValueKind.Undefined) // spoken to a group, not to us
        {
            return null;
        }

        return new()
        {
            ChannelId = channelId,
            At = at,
            ProviderMessageId = id,
            From = DigitsOf(message.Member("from").AsText()),
            InReplyTo = message.Member("context").Member("id").AsText() ?? message.Member("reaction").Member("message_id").AsText(),
            Text = TextOf(type, message.Member(type)),
        };
    }

    private static bool IsReply(string type, JsonElement message) => type switch
    {
        "text" or "button" or "interactive" or "image" or "video" or "audio" or "document" or "sticker" or "location" or "contacts" or "order" => true,
        // A reaction answers like a word does; taken back (without an emoji) it says nothing.
        "reaction" => message.Member("reaction").Member("emoji").AsText() is not null,
        _ => false,
    };

    private static string? TextOf(string type, JsonElement content) => type switch
    {
        "text" => content.Member("body").AsText(),
        "button" => content.Member("text").AsText() ?? content.Member("payload").AsText(),
        "interactive" => content.Member("button_reply").Member("title").AsText()
            ?? content.Member("list_reply").Member("title").AsText()
            ?? content.Member("nfm_reply").Member("body").AsText(),
        "reaction" => content.Member("emoji").AsText(),
        "order" => content.Member("text").AsText(),
        _ => content.Member("caption").AsText(),
    };

    // People without a shared number have none, and what is not digits is no number.
    private static string? DigitsOf(string? from)
    {
        var digits = from?.TrimStart('+');
        return digits is { Length: > 0 } && digits.All(char.IsAsciiDigit) ? digits : null;
    }
}
