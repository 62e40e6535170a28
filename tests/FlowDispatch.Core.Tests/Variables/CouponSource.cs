using FlowDispatch.Contacts;
using FlowDispatch.Variables;

namespace FlowDispatch.Core.Tests.Variables;

/// <summary>The coupons as one process has them.</summary>
internal sealed class CouponSource(CouponBook book) : IVariableSource
{
    public IReadOnlyCollection<string> Fields => ["code", "cents"];

    public bool TakesBack => true;

    public Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> ResolveAsync(VariableRequest request, CancellationToken cancellationToken = default) =>
        book.GiveAsync(request, cancellationToken);

    public Task TakeBackAsync(VariableReturn returned, CancellationToken cancellationToken = default) => book.TakeBackAsync(returned, cancellationToken);
}
