using System.Text.Json.Serialization;

namespace FlowDispatch.Sample.Simulator;

/// <summary>What memory takes from a <see cref="KeptMessage"/>: at start a million lines are read for no more than this.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record MessageHead(
    long Number, bool Inbound, string PhoneNumberId, bool AnswerLost, IReadOnlyList<Receipt> Receipts, string? WaId = null, string? UserId = null);
