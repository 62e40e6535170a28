using System.Collections.ObjectModel;
using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;

namespace FlowDispatch.Audiences;

/// <summary>Finds the people of an audience. Registered under its type's name with <c>AddAudience</c>.</summary>
public interface IAudience
{
    /// <summary>
    /// Whether no stream of it names a person twice. Default false: then a preview keeps the id of everybody it has seen, about
    /// 50 bytes each, to count nobody twice. Planning needs no such promise: the store leaves out whom it has.
    /// </summary>
    bool IsDistinct => false;

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

    /// <summary>
    /// Finds again what this audience knew of people it streamed before, as <c>row</c> in templates: asked when an old
    /// execution's recipients are sent to again. Whoever is not found keeps the variables that were made of the row then.
    /// </summary>
    /// <remarks>Finds nothing unless an audience says otherwise; only one that gives its members rows needs to.</remarks>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="config">The <c>audience_config</c> of then.</param>
    /// <param name="people">At most 1,000 recipients, each contact once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Rows by contact; people without one are left out.</returns>
    /// <exception cref="AudienceUnavailableException">It can't be said now; the execution fails with the message and can be resumed.</exception>
    Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> FindRowsAsync(
        string organizationId, JsonElement config, IReadOnlyList<Recipient> people, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>>(
            ReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>.Empty);
}
