namespace FlowDispatch.Storage;

/// <summary>What nodes must know at every moment.</summary>
/// <param name="Executions">Executions that are open, and cancelled ones with open recipients.</param>
/// <param name="Suppressed">Contacts whose suppression began or grew since the cursor given.</param>
/// <param name="Cursor">The cursor for the next read.</param>
/// <param name="Now">What the store's clock showed.</param>
/// <param name="Held">Until when buckets are held that are held now, by their keys (<see cref="ILimitStore.HoldAsync"/>): nothing is sent before, with or without a permit.</param>
public sealed record ControlState(
    IReadOnlyList<ControlledExecution> Executions,
    IReadOnlyList<SuppressedContact> Suppressed,
    long Cursor,
    DateTimeOffset Now,
    IReadOnlyDictionary<string, DateTimeOffset> Held);
