using FlowDispatch.Contacts;
using FlowDispatch.Variables;

namespace FlowDispatch.Sample.Snippets;

// <coupons>
public sealed class CouponPool(CouponTable coupons) : IVariableSource
{
    public IReadOnlyCollection<string> Fields => ["code"];

    public bool TakesBack => true;

    public async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> ResolveAsync(VariableRequest request, CancellationToken cancellationToken = default)
    {
        // One transaction that keeps each code under its person's key: after a crash the same keys get the same codes.
        var codes = await coupons.HandOutAsync([.. request.People.Select(p => p.Key)], cancellationToken)
            ?? throw new VariablesUnavailableException("The pool has too few codes left; add some.");
        return request.People.ToDictionary(
            p => p.Contact.Id,
            IReadOnlyDictionary<string, object?> (p) => new Dictionary<string, object?> { ["code"] = codes[p.Key] });
    }

    // Skipped, cancelled or failed before anything was sent. Told again where that is not sure to have arrived.
    public Task TakeBackAsync(VariableReturn returned, CancellationToken cancellationToken = default) =>
        coupons.TakeBackAsync([.. returned.People.Select(p => p.Key)], cancellationToken);
}
// </coupons>
