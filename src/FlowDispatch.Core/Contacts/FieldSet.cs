using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.Contacts;

/// <summary>A few fields in their order. Their names may be another set's as well: people of a list have the same ones.</summary>
/// <param name="names">Each once.</param>
/// <param name="values">As many.</param>
internal sealed class FieldSet(string[] names, object?[] values) : IReadOnlyDictionary<string, object?>
{
    /// <summary>With more of them a table finds one sooner than a look at each.</summary>
    public const int Most = 16;

    public int Count => names.Length;

    public IEnumerable<string> Keys => names;

    public IEnumerable<object?> Values => values;

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no field '{key}'.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i] == key)
            {
                value = values[i];
                return true;
            }
        }

        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < names.Length; i++)
        {
            yield return new(names[i], values[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
