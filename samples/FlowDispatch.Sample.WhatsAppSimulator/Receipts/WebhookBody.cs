using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>The webhook of a batch: one change for the statuses of each business number, and one for each reply.</summary>
internal static class WebhookBody
{
    public static byte[] Write(IReadOnlyList<DueReceipt> receipts, WhatsAppSimulatorOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(512 * receipts.Count);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = SimulatorJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("object", "whatsapp_business_account");
            json.WriteStartArray("entry");
            json.WriteStartObject();
            json.WriteString("id", options.BusinessAccountId);
            json.WriteStartArray("changes");
            foreach (var statuses in receipts.Where(due => !due.Message.Inbound).GroupBy(due => due.Message.PhoneNumberId))
            {
                StartChange(json, options, statuses.Key);
                json.WriteStartArray("statuses");
                foreach (var due in statuses)
                {
                    WriteStatus(json, due.Message, due.Receipt);
                }

                json.WriteEndArray();
                EndChange(json);
            }

            foreach (var due in receipts.Where(due => due.Message.Inbound))
            {
                StartChange(json, options, due.Message.PhoneNumberId);
                WriteReply(json, due.Message, options);
                EndChange(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return EscapedJson.From(buffer.WrittenSpan);
    }

    private static void StartChange(Utf8JsonWriter json, WhatsAppSimulatorOptions options, string phoneNumberId)
    {
        json.WriteStartObject();
        json.WriteStartObject("value");
        json.WriteString("messaging_product", "whatsapp");
        json.WriteStartObject("metadata");
        json.WriteString("display_phone_number", options.DisplayPhoneNumber);
        json.WriteString("phone_number_id", phoneNumberId);
        json.WriteEndObject();
    }

    private static void EndChange(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteString("field", "messages");
        json.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter json, KeptMessage message, Receipt receipt)
    {
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        json.WriteString("status", receipt.Status);
        json.WriteString("timestamp", Seconds(receipt.At));
        if (message.WaId is not null)
        {
            json.WriteString("recipient_id", message.WaId);
        }

        if (message.UserId is not null)
        {
            json.WriteString("recipient_user_id", message.UserId);
        }

        if (message.BizOpaqueCallbackData is not null)
        {
            json.WriteString("biz_opaque_callback_data", message.BizOpaqueCallbackData);
        }

        if (receipt.Code is { } code)
        {
            WriteErrors(json, code);
        }
        else if (receipt.Status is "sent" or "delivered")
        {
            WritePricing(json, isTemplate: message.Type == "template");
        }

        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, int code)
    {
        var title = ErrorCatalogue.TitleOf(code);
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("title", title);
        json.WriteString("message", title);
        json.WriteStartObject("error_data");
        json.WriteString("details", title);
        json.WriteEndObject();
        json.WriteString("href", "/documentation/business-messaging/whatsapp/support/error-codes");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePricing(Utf8JsonWriter json, bool isTemplate)
    {
        json.WriteStartObject("pricing");
        json.WriteBoolean("billable", isTemplate);
        json.WriteString("pricing_model", "PMP");
        json.WriteString("type", isTemplate ? "regular" : "free_customer_service");
        json.WriteString("category", isTemplate ? "utility" : "service");
        json.WriteEndObject();
    }

    private static void WriteReply(Utf8JsonWriter json, KeptMessage reply, WhatsAppSimulatorOptions options)
    {
        json.WriteStartArray("contacts");
        json.WriteStartObject();
        json.WriteStartObject("profile");
        json.WriteString("name", reply.ProfileName);
        json.WriteEndObject();
        json.WriteString("wa_id", reply.WaId);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("messages");
        json.WriteStartObject();
        if (reply.InReplyTo is not null)
        {
            json.WriteStartObject("context");
            json.WriteString("from", options.DisplayPhoneNumber);
            json.WriteString("id", reply.InReplyTo);
            json.WriteEndObject();
        }

        json.WriteString("from", reply.WaId);
        json.WriteString("id", reply.Id);
        json.WriteString("timestamp", Seconds(reply.Receipts[0].At));
        json.WriteString("type", reply.Type);
        json.WritePropertyName(reply.Type);
        reply.Content.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    // A string of seconds, as the provider has it here.
    private static string Seconds(long milliseconds) => (milliseconds / 1000).ToString(CultureInfo.InvariantCulture);
}
