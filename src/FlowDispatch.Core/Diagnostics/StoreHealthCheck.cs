using FlowDispatch.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FlowDispatch.Diagnostics;

/// <summary>Healthy while the store is reachable and its schema is current.</summary>
/// <param name="store">The store.</param>
public sealed class StoreHealthCheck(IStore store) : IHealthCheck
{
    /// <summary>The name under which FlowDispatch registers it.</summary>
    public const string Name = "flowdispatch.store";

    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return await store.CheckAsync(cancellationToken).ConfigureAwait(false) is { } problem
                ? new(context.Registration.FailureStatus, problem)
                : HealthCheckResult.Healthy("The store is reachable and its schema is current.");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // What the store's client says may name hosts and users: it goes to the log with the exception, not into the answer.
            return new(context.Registration.FailureStatus, "The store can't be reached.", error);
        }
    }
}
