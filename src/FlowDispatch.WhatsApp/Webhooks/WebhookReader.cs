using System.Text.Json;
using FlowDispatch.Recipients;
using FlowDispatch.Tracking;
using FlowDispatch.WhatsApp.Diagnostics;
using FlowDispatch.WhatsApp.Errors;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.WhatsApp.Webhooks;

/// <summary>
/// Reads one webhook body: every entry, change, status and message of it (Cloud API, "Webhooks"). Whatever is unknown
/// is counted and passed over, because the provider adds kinds and fields without notice.
/// </summary>
/// <param name="channels">The channel of each of our numbers, by the provider's id of the number.</param>
/// <param name="now">Stands in for a time that can't be read.</param>
/// <param name="logger">Told of trouble with a number.</param>
internal sealed class WebhookReader(IReadOnlyDictionary<string, string> channels, DateTimeOffset now, ILogger logger)
{
    private readonly List<InboundEvent> _events = [];

    /// <summary>What was read, in the body's order.</summary>
    public IReadOnlyList<InboundEvent> Events => _events;

    /// <summary>How many parts were passed over.</summary>
    public int Ignored { get; private set; }

    public void Read(JsonElement root)
    {
        if (root.Member("object").AsText() != "whatsapp_business_account")
        {
            Ignored++;
            return;
        }

        foreach (var change in root.Member("entry").Items().SelectMany(entry => entry.Member("changes").Items()))
        {
            ReadChange(change);
        }
    }

    private void ReadChange(JsonElement change)
    {
        var value = change.Member("value");
        if (change.Member("field").AsText() != "messages"
            || value.Member("metadata").Member("phone_number_id").AsText() is not { } number
            || !channels.TryGetValue(number, out var channelId))
        {
            Ignored++;
            return;
        }

        var parts = 0;
        foreach (var status in value.Member("statuses").Items())
        {
            parts++;
            Keep(ReceiptOf(status, channelId));
        }

        foreach (var message in value.Member("messages").Items())
        {
            parts++;
            Keep(ReplyReading.Read(message, channelId, TimeOf(message)));
        }

        foreach (var error in value.Member("errors").Items())
        {
            Log.ChannelTrouble(logger, channelId, WhatsAppError.Read(error)?.CodeText);
        }

        if (parts == 0)
        {
            Ignored++;
        }
    }

    private void Keep(InboundEvent? inbound)
    {
        if (inbound is null)
        {
            Ignored++;
        }
        else
        {
            _events.Add(inbound);
        }
    }

    private InboundEvent.Receipt? ReceiptOf(JsonElement status, string channelId)
    {
        ReceiptStatus? kind = status.Member("status").AsText() switch
        {
            "sent" => ReceiptStatus.Sent,
            "delivered" => ReceiptStatus.Delivered,
            "read" => ReceiptStatus.Read,
            "failed" => ReceiptStatus.Failed,
            _ => null, // "played" and whatever comes next say nothing about arrival
        };
        if (kind is not { } known || status.Member("id").AsText() is not { } id)
        {
            return null;
        }

        var receipt = new InboundEvent.Receipt
        {
            ChannelId = channelId,
            At = TimeOf(status),
            ProviderMessageId = id,
            // Others may send from the same number with opaque data of their own: only ours is handed on.
            AttemptId = AttemptId.TryParse(status.Member("biz_opaque_callback_data").AsText(), out var attempt) ? attempt.ToString() : null,
            Status = known,
        };
        return known == ReceiptStatus.Failed ? WithError(receipt, status) : receipt;
    }

    private InboundEvent.Receipt WithError(InboundEvent.Receipt receipt, JsonElement status)
    {
        var error = status.Member("errors").Items().Select(WhatsAppError.Read).FirstOrDefault(e => e is not null);
        if (error is null)
        {
            return receipt;
        }

        if (error.Code is not { } code || !WhatsAppErrors.IsKnown(code))
        {
            Log.UnknownStatusError(logger, receipt.ChannelId, error.CodeText);
        }

        var rule = WhatsAppErrors.OfStatus(error);
        return receipt with
        {
            ErrorCode = error.CodeText,
            ErrorMessage = error.Reason,
            IsTransient = rule.IsTransient,
            RetryAfter = rule.IsTransient ? rule.Wait : null,
        };
    }

    private DateTimeOffset TimeOf(JsonElement part)
    {
        // Seconds, as text or as a number; beyond the calendar it is no time of the provider's.
        var seconds = part.Member("timestamp").AsLong();
        return seconds is > 0 and <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : now;
    }
}
