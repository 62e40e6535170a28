using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>An accepted message as the control API lists it: <c>body</c> for a text, <c>template</c> for a template, <c>content</c> for the others.</summary>
internal sealed record ListedMessage(
    string Id, string? To, string? WaId, string PhoneNumberId, string? ApiVersion, string Type, string? Body, JsonElement? Template, JsonElement? Content,
    string? BizOpaqueCallbackData, DateTimeOffset AcceptedAt, bool AnswerLost)
{
    public static ListedMessage Of(KeptMessage message) => new(
        message.Id,
        message.To,
        message.WaId,
        message.PhoneNumberId,
        message.ApiVersion,
        message.Type,
        message.Type == "text" ? MessageReader.Text(message.Content, "body") : null,
        message.Type == "template" ? message.Content : null,
        message.Type is "text" or "template" ? null : message.Content,
        message.BizOpaqueCallbackData,
        message.AcceptedAt,
        message.AnswerLost);
}
