using FlowDispatch.Retention;

namespace FlowDispatch.AspNetCore.Contacts;

/// <summary>What an erasure did, as users see it.</summary>
internal sealed record ErasureAnswer(Guid Id, bool Erased, int Recipients, int InFlight)
{
    public static ErasureAnswer Of(Guid contact, ContactErasure erasure) => new(contact, erasure.Complete, erasure.Recipients, erasure.InFlight);
}
