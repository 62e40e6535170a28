using FlowDispatch.Contacts;

namespace FlowDispatch.Storage;

/// <summary>A contact that must not be written to any more.</summary>
public sealed record SuppressedContact(ContactId Contact, ContactSuppression Suppression);
