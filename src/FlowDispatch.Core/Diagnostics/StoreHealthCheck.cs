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
            // What a store says is for operators and may name its host: it goes to the log like an exception, which the answer never shows.
            return await store.CheckAsync(cancellationToken).ConfigureAwait(false) is { } problem
                ? new(
                    context.Registration.FailureStatus,
                    $"The store ({Kind}) is out of reach or not as this version needs it; the log has more.",
                    new InvalidOperationException(problem))
                : HealthCheckResult.Healthy("The store is reachable and its schema is current.");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // What the store's client says may name hosts and users: it goes to the log with the exception, not into the answer.
            return new(context.Registration.FailureStatus, $"The store ({Kind}) can't be reached; the log has more.", error);
        }
    }

    private string Kind => store.GetType().Name.Replace("Store", "", StringComparison.Ordinal);
}
