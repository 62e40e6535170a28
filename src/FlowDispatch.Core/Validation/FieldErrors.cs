namespace FlowDispatch.Validation;

/// <summary>What is wrong with the fields of a request or of settings, by path: <c>frequency_cap.count</c>, <c>nodes[2].text</c>.</summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _messages = new(StringComparer.Ordinal);

    /// <summary>True once anything was added.</summary>
    public bool Any => _messages.Count > 0;

    /// <summary>The messages by path, paths in the order they came.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByPath =>
        _messages.ToDictionary(p => p.Key, p => (IReadOnlyList<string>)[.. p.Value], StringComparer.Ordinal);

    /// <summary>Adds a message; one that is there already is not repeated.</summary>
    /// <param name="path">The field; empty for the whole.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public void Add(string path, string message)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(message);
        if (!_messages.TryGetValue(path, out var messages))
        {
            _messages.Add(path, messages = []);
        }

        if (!messages.Contains(message, StringComparer.Ordinal))
        {
            messages.Add(message);
        }
    }

    /// <summary>Whether anything is wrong at <paramref name="path"/> or below it.</summary>
    public bool Has(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return _messages.Keys.Any(k => k.StartsWith(path, StringComparison.Ordinal) && (k.Length == path.Length || k[path.Length] is '.' or '['));
    }

    /// <summary>Adds those of <paramref name="other"/> whose field has no error yet: what follows from a field that can't be read says nothing new.</summary>
    public void AddMissing(FieldErrors other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (path, messages) in other._messages.Where(p => !Has(p.Key)).ToList())
        {
            messages.ForEach(m => Add(path, m));
        }
    }

    /// <summary>Goes on only when nothing is wrong.</summary>
    /// <exception cref="InvalidFieldsException">Something is; it carries everything.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new InvalidFieldsException(ByPath);
        }
    }
}
