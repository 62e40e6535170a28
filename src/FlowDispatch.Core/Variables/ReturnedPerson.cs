using FlowDispatch.Contacts;

namespace FlowDispatch.Variables;

/// <summary>Somebody who never got their values.</summary>
/// <param name="Key">As in <see cref="VariablePerson"/>.</param>
/// <param name="ContactId">The contact, who may be deleted by now.</param>
public sealed record ReturnedPerson(string Key, ContactId ContactId);
