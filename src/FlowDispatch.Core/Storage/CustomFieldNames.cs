using FlowDispatch.Contacts;

namespace FlowDispatch.Storage;

/// <summary>What an organization's contacts call their custom fields.</summary>
/// <param name="Found">Those of the names asked for that some contact has, or once had.</param>
/// <param name="Some">At most 1,000 of all names, to propose one from.</param>
public sealed record CustomFieldNames(IReadOnlySet<string> Found, IReadOnlyList<string> Some)
{
    /// <summary>Longest name that is kept, in characters; none that the API takes is longer.</summary>
    public const int LongestName = 200;

    /// <summary>The names that these contacts use and stores keep, each once, in one order for all.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<Contact> contacts)
    {
        ArgumentNullException.ThrowIfNull(contacts);
        return [.. contacts.SelectMany(c => c.CustomFields.Keys).Where(n => n.Length is > 0 and <= LongestName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
