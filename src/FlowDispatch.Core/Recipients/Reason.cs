namespace FlowDispatch.Recipients;

/// <summary>One entry of <see cref="ReasonCatalogue"/>.</summary>
/// <param name="Code">One of <see cref="ReasonCodes"/>.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="TextEn">The same for people, in English.</param>
/// <param name="TextPt">The same in Brazilian Portuguese.</param>
public sealed record Reason(string Code, ReasonKind Kind, string TextEn, string TextPt);
