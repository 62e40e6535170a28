using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.Audiences;

/// <summary>People named one by one: <c>custom {contact_ids}</c>.</summary>
internal sealed class CustomAudience : IAudience
{
    public const int MaxContacts = 100_000;

    public bool IsDistinct => true;

    public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default)
    {
        var problems = AudienceConfig.RefuseUnknown(config, "custom", "contact_ids").ToList();
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("contact_ids", out var ids))
        {
            if (ids.ValueKind != JsonValueKind.Array)
            {
                problems.Add(new("contact_ids", "must be a list of contact ids."));
            }
            else if (ids.GetArrayLength() > MaxContacts)
            {
                problems.Add(new("contact_ids", $"has {ids.GetArrayLength()} ids; at most {MaxContacts} fit. Use an upload for more."));
            }
            else
            {
                var place = 0;
                foreach (var id in ids.EnumerateArray())
                {
                    if (id.ValueKind != JsonValueKind.String || !ContactId.TryParse(id.GetString(), out _))
                    {
                        problems.Add(new(string.Create(CultureInfo.InvariantCulture, $"contact_ids[{place}]"), "must be a contact's id, a UUID."));
                    }

                    place++;
                }
            }
        }

        return Task.FromResult<IReadOnlyList<AudienceProblem>>(problems);
    }

    public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var place = int.TryParse(request.After, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : 0;
        foreach (var id in Ids(request.Config).Distinct().Skip(place))
        {
            place++;
            yield return AudienceMember.Of(id, place.ToString(CultureInfo.InvariantCulture));
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>The settings that name these contacts.</summary>
    public static JsonElement Config(IEnumerable<ContactId> contacts) =>
        JsonSerializer.SerializeToElement(new { contact_ids = contacts.Select(c => c.Value) });

    private static IEnumerable<ContactId> Ids(JsonElement config)
    {
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("contact_ids", out var ids) && ids.ValueKind == JsonValueKind.Array)
        {
            foreach (var id in ids.EnumerateArray())
            {
                if (id.ValueKind == JsonValueKind.String && ContactId.TryParse(id.GetString(), out var contact))
                {
                    yield return contact;
                }
            }
        }
    }
}
