using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowDispatch.Sample.Simulator;

/// <summary>A message that was accepted, or a reply of a person (<see cref="Inbound"/>), with all that is to be told about it: a line of the journal.</summary>
internal sealed record KeptMessage
{
    /// <summary>1 and up in the order of the journal.</summary>
    public long Number { get; init; }

    public bool Inbound { get; init; }

    public required string Id { get; init; }

    /// <summary>As the caller wrote it.</summary>
    public string? To { get; init; }

    public string? WaId { get; init; }

    public string? UserId { get; init; }

    public required string PhoneNumberId { get; init; }

    /// <summary>As the path named it; null where it named none.</summary>
    public string? ApiVersion { get; init; }

    public required string Type { get; init; }

    /// <summary>The object under the name of the type.</summary>
    public JsonElement Content { get; init; }

    public string? BizOpaqueCallbackData { get; init; }

    public string? InReplyTo { get; init; }

    public string? ProfileName { get; init; }

    public DateTimeOffset AcceptedAt { get; init; }

    public bool AnswerLost { get; init; }

    /// <summary>In the order in which they are told, each only after the one before.</summary>
    public required IReadOnlyList<Receipt> Receipts { get; init; }

    [JsonIgnore]
    public MessageHead Head => new(Number, Inbound, PhoneNumberId, AnswerLost, Receipts, WaId, UserId);
}
