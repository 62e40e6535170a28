using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Variables;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Audiences;

/// <summary>Knows the audiences by the name of their type.</summary>
/// <param name="services">Where audiences are registered under their names.</param>
public sealed class AudienceDirectory(IServiceProvider services)
{
    /// <summary>The audience of a type; null when none is registered under it.</summary>
    public IAudience? Find(string type) => services.GetKeyedService<IAudience>(type);

    /// <summary>The people an execution goes to: its audience's, in a test run those named for it, in a repair some of the repaired one's.</summary>
    /// <param name="execution">The execution, or one that would be.</param>
    /// <param name="after">The position to go on behind; null at the beginning.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="AudienceUnavailableException">The type is not registered any more, or the execution to repair is gone.</exception>
    public IAsyncEnumerable<AudienceMember> StreamAsync(Executions.Execution execution, string? after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(execution);
        var snapshot = execution.Snapshot;
        if (snapshot.Repair is not null)
        {
            return new RepairAudience(services.GetRequiredService<IStore>(), this, services.GetRequiredService<VariableSourceDirectory>(), services.GetRequiredService<ITemplateEngine>()).StreamAsync(execution, after, cancellationToken);
        }

        if (snapshot.TestMode)
        {
            return new CustomAudience().StreamAsync(new(execution.OrganizationId, CustomAudience.Config(snapshot.TestContactIds), after), cancellationToken);
        }

        var audience = Find(snapshot.Settings.AudienceType)
            ?? throw new AudienceUnavailableException($"No audience of type {snapshot.Settings.AudienceType} is registered. Register it with AddAudience, then resume.");
        return audience.StreamAsync(new(execution.OrganizationId, snapshot.Settings.AudienceConfig, after), cancellationToken);
    }
}
