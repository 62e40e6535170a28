using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Uploads;

namespace FlowDispatch.Audiences;

/// <summary>The people of one upload and nobody else: <c>uploaded {upload_id}</c>.</summary>
internal sealed class UploadedAudience(IStore store) : IAudience
{
    private const int PageSize = 1_000;

    // An upload keeps one row a contact.
    public bool IsDistinct => true;

    public async Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default)
    {
        var problems = AudienceConfig.RefuseUnknown(config, "uploaded", "upload_id").ToList();
        if (problems.Count > 0 && problems[0].Field.Length == 0)
        {
            return problems;
        }

        if (Id(config) is not { } id)
        {
            problems.Add(new("upload_id", "must be the id of an upload, a UUID."));
        }
        else if (await store.Uploads.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is null)
        {
            problems.Add(new("upload_id", $"names no upload: {id} was not found. Upload the list first, or use the id that the upload answered."));
        }

        return problems;
    }

    public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var id = Id(request.Config) ?? throw new AudienceUnavailableException("The audience names no upload.");
        if (await store.Uploads.FindAsync(request.OrganizationId, id, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new AudienceUnavailableException($"The upload {id} is gone; the people in it can't be found any more.");
        }

        var line = int.TryParse(request.After, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : 0;
        while (await store.Uploads.ReadRowsAsync(id, line, PageSize, cancellationToken).ConfigureAwait(false) is { Count: > 0 } rows)
        {
            foreach (var row in rows)
            {
                yield return AudienceMember.Of(row.ContactId, row.Line.ToString(CultureInfo.InvariantCulture), row.Values);
            }

            line = rows[^1].Line;
        }
    }

    public async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> FindRowsAsync(
        string organizationId, JsonElement config, IReadOnlyList<Recipient> people, CancellationToken cancellationToken = default)
    {
        // An upload that was deleted has no rows any more, which is no reason not to write to its people.
        var found = Id(config) is { } id && await store.Uploads.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not null
            ? await store.Uploads.FindRowsAsync(id, [.. people.Select(p => p.ContactId)], cancellationToken).ConfigureAwait(false)
            : [];
        return found.ToDictionary(r => r.ContactId, r => r.Values);
    }

    internal static UploadId? Id(JsonElement config) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty("upload_id", out var value)
        && value.ValueKind == JsonValueKind.String && UploadId.TryParse(value.GetString(), out var id) ? id : null;
}
