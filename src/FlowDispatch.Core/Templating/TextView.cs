using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.Templating;

/// <summary>Resolved variables as a template engine takes them, without copying them for each message.</summary>
internal sealed class TextView(IReadOnlyDictionary<string, string> texts) : IReadOnlyDictionary<string, object?>
{
    public IEnumerable<string> Keys => texts.Keys;

    public IEnumerable<object?> Values => texts.Values;

    public int Count => texts.Count;

    public object? this[string key] => texts[key];

    public bool ContainsKey(string key) => texts.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var found = texts.TryGetValue(key, out var text);
        value = text;
        return found;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => texts.Select(t => KeyValuePair.Create(t.Key, (object?)t.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
