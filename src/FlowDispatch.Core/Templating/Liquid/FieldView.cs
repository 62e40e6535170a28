using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.Templating.Liquid;

/// <summary>A closed set of fields that are read on demand. Those that are null are not there.</summary>
internal sealed class FieldView(IReadOnlyList<string> names, Func<string, object?> read) : IReadOnlyDictionary<string, object?>
{
    public IEnumerable<string> Keys => this.Select(f => f.Key);

    public IEnumerable<object?> Values => this.Select(f => f.Value);

    public int Count => names.Count(n => read(n) is not null);

    public object? this[string key] => read(key) ?? throw new KeyNotFoundException($"There is no '{key}'.");

    public bool ContainsKey(string key) => read(key) is not null;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        value = read(key);
        return value is not null;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        foreach (var name in names)
        {
            if (read(name) is { } value)
            {
                yield return KeyValuePair.Create<string, object?>(name, value);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
