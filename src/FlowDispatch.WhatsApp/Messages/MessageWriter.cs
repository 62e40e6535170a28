using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowDispatch.Sending;

namespace FlowDispatch.WhatsApp.Messages;

/// <summary>Writes the body of <c>POST …/messages</c> (Cloud API, "Messages" reference).</summary>
internal static class MessageWriter
{
    // The body is sent as JSON and never put into a page: letters stay letters, and long texts stay short.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body as UTF-8.</summary>
    /// <returns>False for a content that this channel can't express; then nothing is written.</returns>
    public static bool TryWrite(OutgoingMessage message, out ReadOnlyMemory<byte> body)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("messaging_product"u8, "whatsapp"u8);
        json.WriteString("recipient_type"u8, "individual"u8);
        // Without the plus the provider may take the digits for a national number and put the business's own country
        // code in front: a message to a stranger.
        json.WriteString("to"u8, string.Concat("+", message.To));
        switch (message.Content)
        {
            case MessageContent.Text text:
                WriteText(json, text);
                break;
            case MessageContent.Template template:
                WriteTemplate(json, template);
                break;
            default:
                body = default;
                return false;
        }

        // Comes back in every status of this message; at most 512 characters, of which an attempt id needs 47.
        json.WriteString("biz_opaque_callback_data"u8, message.AttemptId.ToString());
        json.WriteEndObject();
        json.Flush();
        body = buffer.WrittenMemory;
        return true;
    }

    private static void WriteText(Utf8JsonWriter json, MessageContent.Text text)
    {
        json.WriteString("type"u8, "text"u8);
        json.WriteStartObject("text"u8);
        json.WriteBoolean("preview_url"u8, false);
        json.WriteString("body"u8, text.Body);
        json.WriteEndObject();
    }

    private static void WriteTemplate(Utf8JsonWriter json, MessageContent.Template template)
    {
        json.WriteString("type"u8, "template"u8);
        json.WriteStartObject("template"u8);
        json.WriteString("name"u8, template.Name);
        json.WriteStartObject("language"u8);
        json.WriteString("code"u8, template.Language);
        json.WriteEndObject();
        if (template.Parameters.Count > 0)
        {
            json.WriteStartArray("components"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "body"u8);
            json.WriteStartArray("parameters"u8);
            foreach (var parameter in template.Parameters)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                if (parameter.Name is not null)
                {
                    json.WriteString("parameter_name"u8, parameter.Name);
                }

                json.WriteString("text"u8, parameter.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
