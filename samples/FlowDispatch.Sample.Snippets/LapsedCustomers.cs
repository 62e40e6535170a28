using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Audiences;

namespace FlowDispatch.Sample.Snippets;

// <audience>
public sealed class LapsedCustomers(CustomerTable customers) : IAudience
{
    public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<AudienceProblem>>(
            config.TryGetProperty("days", out var days) && days.TryGetInt32(out var number) && number > 0 ? [] : [new("days", "must be a whole number above 0.")]);

    public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // By key, behind the last one that was stored: after a crash the planner asks again with that position.
        var days = request.Config.GetProperty("days").GetInt32();
        await foreach (var customer in customers.LapsedAsync(days, afterId: request.After, cancellationToken))
        {
            yield return AudienceMember.ByNumber(
                new() { WhatsAppId = customer.Phone, Name = customer.Name },
                position: customer.Id,
                row: new Dictionary<string, object?> { ["last_order"] = customer.LastOrder });
        }
    }
}
// </audience>
