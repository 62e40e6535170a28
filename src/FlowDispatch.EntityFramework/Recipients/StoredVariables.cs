using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace FlowDispatch.EntityFramework.Recipients;

/// <summary>A recipient's variables as they are stored, read when somebody asks for one: receipts and most moves ask for none.</summary>
/// <param name="json">What <see cref="VariableText.Write"/> wrote.</param>
internal sealed class StoredVariables(string json) : IReadOnlyDictionary<string, string>
{
    private Dictionary<string, string>? parsed;

    public int Count => Parsed.Count;

    public IEnumerable<string> Keys => Parsed.Keys;

    public IEnumerable<string> Values => Parsed.Values;

    private Dictionary<string, string> Parsed => parsed ??= VariableText.Parse(json);

    public string this[string key] => Parsed[key];

    public bool ContainsKey(string key) => Parsed.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => Parsed.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Parsed.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
