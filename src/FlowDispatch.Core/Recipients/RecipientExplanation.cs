namespace FlowDispatch.Recipients;

/// <summary>Why a recipient stands where it stands.</summary>
/// <param name="Code">One of <see cref="ReasonCodes"/>.</param>
/// <param name="TextEn">The same in English.</param>
/// <param name="TextPt">The same in Portuguese.</param>
/// <param name="NextEligibleAt">When it may be sent to next; under a rate, an estimate of its turn. Null where nothing is due or it can't be known.</param>
public sealed record RecipientExplanation(string Code, string TextEn, string TextPt, DateTimeOffset? NextEligibleAt = null);
