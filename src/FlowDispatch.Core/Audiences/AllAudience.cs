using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Storage;

namespace FlowDispatch.Audiences;

/// <summary>Everybody in the organization: <c>all {}</c>.</summary>
internal sealed class AllAudience(IStore store) : IAudience
{
    public bool IsDistinct => true;

    public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default) =>
        Task.FromResult(AudienceConfig.RefuseUnknown(config, "all"));

    public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ContactId? after = ContactId.TryParse(request.After, out var id) ? id : null;
        await foreach (var contact in store.Contacts.StreamAsync(request.OrganizationId, after, cancellationToken).ConfigureAwait(false))
        {
            yield return AudienceMember.Of(contact, contact.Id.ToString());
        }
    }
}
