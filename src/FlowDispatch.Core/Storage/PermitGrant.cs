namespace FlowDispatch.Storage;

/// <summary>Permits taken from a bucket. All instants are by the store's clock.</summary>
/// <param name="Permits">Their instants, ascending; empty when none falls due within the horizon.</param>
/// <param name="NextAt">When the bucket's next permit falls due after these.</param>
/// <param name="Now">What the store's clock showed when it gave them.</param>
public sealed record PermitGrant(IReadOnlyList<DateTimeOffset> Permits, DateTimeOffset NextAt, DateTimeOffset Now);
