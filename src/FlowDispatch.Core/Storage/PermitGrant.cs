namespace FlowDispatch.Storage;

/// <summary>Permits taken from a bucket.</summary>
/// <param name="Permits">Their instants, ascending; empty when none falls due within the horizon.</param>
/// <param name="NextAt">When the bucket's next permit falls due after these.</param>
public sealed record PermitGrant(IReadOnlyList<DateTimeOffset> Permits, DateTimeOffset NextAt);
