namespace FlowDispatch.Templating.Liquid;

/// <summary>The blocks open at some place of a template, outermost first, and the names that are the template's own there.</summary>
internal sealed class OpenBlocks(TemplateSource source, int maxNesting)
{
    // A list, not a recursion: no depth of a hostile template reaches the stack.
    private readonly List<OpenBlock> _open = [];
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    public bool InLoop => _open.Exists(b => b.IsLoop);

    /// <summary>Whether this place is in a <c>case</c> before its first branch, where nothing is printed.</summary>
    public bool BeforeWhen => _open is [.., { Subject: not null, HasBranch: false }];

    public bool IsWithin(string block) => _open.Exists(b => b.Name == block);

    public void Open(OpenBlock block)
    {
        if (_open.Count >= maxNesting)
        {
            throw source.Error(block.Opening, $"More than {maxNesting} blocks within each other (TemplateOptions.MaxNesting).");
        }

        _open.Add(block);
    }

    /// <summary>The innermost block, which must be one of <paramref name="within"/> and not have had its <c>else</c>.</summary>
    public OpenBlock Branch(int opening, string name, params ReadOnlySpan<string> within)
    {
        if (_open.Count == 0 || !within.Contains(_open[^1].Name))
        {
            throw source.Error(opening, $"'{name}' stands outside of its block ({string.Join(", ", within!)}).");
        }

        var block = _open[^1];
        return block.HasElse ? throw source.Error(opening, $"'{name}' comes after the 'else' of its '{block.Name}'.") : block;
    }

    /// <summary>Closes the innermost block, which must be called <paramref name="name"/>.</summary>
    public OpenBlock Close(string name, int opening)
    {
        if (_open.Count == 0)
        {
            throw source.Error(opening, $"'end{name}' closes nothing.");
        }

        var block = _open[^1];
        if (block.Name != name)
        {
            var (line, column) = source.Place(block.Opening);
            throw source.Error(opening, $"'end{name}' stands where the '{block.Name}' of line {line}, column {column} is to be closed; write {{% end{block.Name} %}}.");
        }

        _open.RemoveAt(_open.Count - 1);
        return block;
    }

    public void ExpectAllClosed()
    {
        if (_open.Count > 0)
        {
            throw source.Error(_open[^1].Opening, $"The block '{_open[^1].Name}' is never closed; end it with {{% end{_open[^1].Name} %}}.");
        }
    }

    /// <summary>From here on the name is the template's own.</summary>
    public void Give(string name) => _given.Add(name);

    public bool IsLocal(string name) => _given.Contains(name) || _open.Exists(b => b.IsLoop && (b.LoopVariable == name || b.LoopObject == name));
}
