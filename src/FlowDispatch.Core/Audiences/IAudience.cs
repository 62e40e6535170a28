using System.Text.Json;

namespace FlowDispatch.Audiences;

/// <summary>Finds the people of an audience. Registered under its type's name with <c>AddAudience</c>.</summary>
public interface IAudience
{
    /// <summary>What is wrong with an automation's <c>audience_config</c>, by the field's name in it; empty when nothing is.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="config">A JSON object.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default);

    /// <summary>
    /// Streams the people in an order that stays the same from call to call. After a crash it is called again with the
    /// position of the last one that was stored, and goes on behind it.
    /// </summary>
    /// <remarks>Nobody is planned twice, even if an audience names a person twice. Who may not be written to is left out or skipped by the planner, not here.</remarks>
    /// <param name="request">Whose audience, which one, from where on.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, CancellationToken cancellationToken = default);
}
