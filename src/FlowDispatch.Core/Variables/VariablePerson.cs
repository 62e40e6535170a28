using FlowDispatch.Contacts;

namespace FlowDispatch.Variables;

/// <summary>Somebody whose values are wanted.</summary>
/// <param name="Key">
/// The execution's and the contact's ids, at most 100 characters: the same each time this person is asked for in this execution,
/// and nobody else's. What was given is kept under it.
/// </param>
/// <param name="Contact">The contact as it is now. In a preview it may be somebody who would become one only by a start.</param>
/// <param name="Row">What the audience knows of the person; null for nothing.</param>
public sealed record VariablePerson(string Key, Contact Contact, IReadOnlyDictionary<string, object?>? Row);
