using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.Templating.Liquid;

/// <summary>The values of one recipient beside the names that all recipients of a mapping share.</summary>
internal sealed class VariableValues(string[] names, FrozenDictionary<string, int> positions, string[] values) : IReadOnlyDictionary<string, string>
{
    public IEnumerable<string> Keys => names;

    public IEnumerable<string> Values => values;

    public int Count => names.Length;

    public string this[string key] => values[positions[key]];

    public bool ContainsKey(string key) => positions.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        var found = positions.TryGetValue(key, out var position);
        value = found ? values[position] : null;
        return found;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var i = 0; i < names.Length; i++)
        {
            yield return KeyValuePair.Create(names[i], values[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
