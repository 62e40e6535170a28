namespace FlowDispatch.Templating.Liquid;

/// <summary>Names that a template itself has given to values: what it assigned or captured, and what its loops stand at.</summary>
internal interface ILocalVariables
{
    bool TryGet(string name, out object? value);
}

/// <summary>Assigned names belong to the whole template, wherever that was; the innermost loop hides them while it runs.</summary>
internal sealed class LocalVariables : ILocalVariables
{
    private readonly List<Loop> _loops = [];
    private Dictionary<string, object?>? _assigned;

    public void Assign(string name, object? value) => (_assigned ??= new(StringComparer.Ordinal))[name] = value;

    public Loop Enter(string variable, string placeName)
    {
        var loop = new Loop(variable, placeName);
        _loops.Add(loop);
        return loop;
    }

    public void Leave() => _loops.RemoveAt(_loops.Count - 1);

    public bool TryGet(string name, out object? value)
    {
        for (var at = _loops.Count - 1; at >= 0; at--)
        {
            if (_loops[at].TryGet(name, out value))
            {
                return true;
            }
        }

        value = null;
        return _assigned is not null && _assigned.TryGetValue(name, out value);
    }

    /// <summary>A loop that runs.</summary>
    public sealed class Loop(string variable, string placeName)
    {
        private object? _item;
        private Func<IReadOnlyDictionary<string, object?>>? _place;

        /// <summary>To its next item; <paramref name="place"/> tells where that is.</summary>
        public void Move(object? item, Func<IReadOnlyDictionary<string, object?>> place) => (_item, _place) = (item, place);

        public bool TryGet(string name, out object? value)
        {
            value = name == placeName ? _place!() : name == variable ? _item : null;
            return name == placeName || name == variable;
        }
    }
}
