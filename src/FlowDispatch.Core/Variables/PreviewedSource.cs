namespace FlowDispatch.Variables;

/// <summary>What a preview showed of a variable source. It takes nothing from any.</summary>
/// <param name="Name">The root's name.</param>
/// <param name="Sample">True where its values are samples like <c>[coupon.code]</c>; false where the source says what it would look like.</param>
/// <param name="Problem">Why it could not say; null where it could.</param>
public sealed record PreviewedSource(string Name, bool Sample, string? Problem = null);
