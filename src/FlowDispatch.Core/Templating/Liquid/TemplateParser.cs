namespace FlowDispatch.Templating.Liquid;

/// <summary>
/// Reads one template: refuses what is too long, too deep or not Liquid, with its place, and writes the rest for the runtime
/// with every expression compiled. Blocks are a list, not a recursion: no depth of a hostile template reaches the stack.
/// </summary>
internal sealed class TemplateParser(TemplateSource source, TemplateOptions options, TimeProvider time)
{
    private static readonly string[] BlockNames = ["if", "unless", "case", "for", "tablerow", "capture", "ifchanged", "comment", "raw"];
    private static readonly string[] TagNames =
        [.. BlockNames, .. BlockNames.Select(b => "end" + b), "else", "elsif", "when", "assign", "break", "continue", "cycle", "increment", "decrement"];

    private static readonly string[] RefusedTags = ["include", "render", "layout", "extends", "block", "param", "literal"];

    private readonly TagScanner _scanner = new(source);
    private readonly BlockScript _script = new();
    private readonly List<OpenBlock> _open = [];
    private readonly HashSet<string> _locals = new(StringComparer.Ordinal);
    private readonly List<TemplateReference> _references = [];

    private bool InLoop => _open.Exists(b => b.IsLoop);

    public LiquidTemplate Parse()
    {
        if (source.Text.Length > options.MaxSourceLength)
        {
            throw source.Error(options.MaxSourceLength, $"The template has {source.Text.Length} characters; at most {options.MaxSourceLength} are allowed (TemplateOptions.MaxSourceLength).");
        }

        while (_scanner.TryRead(out var fragment))
        {
            switch (fragment.Kind)
            {
                case FragmentKind.Text:
                    AddText(fragment);
                    break;
                case FragmentKind.Output:
                    RefuseBeforeWhen(fragment.Opening);
                    AddOutput(fragment);
                    break;
                default:
                    AddTag(fragment);
                    break;
            }
        }

        return _open.Count == 0
            ? new LiquidTemplate(source, options, time, _script, _references)
            : throw source.Error(_open[^1].Opening, $"The block '{_open[^1].Name}' is never closed; end it with {{% end{_open[^1].Name} %}}.");
    }

    private void AddText(Fragment fragment)
    {
        if (_open.Count > 0 && _open[^1] is { Subject: not null, HasBranch: false })
        {
            return; // between 'case' and its first 'when' nothing is printed
        }

        _script.Text(source.Text[fragment.Start..fragment.End], InLoop);
    }

    private void AddOutput(Fragment fragment)
    {
        var reader = Reader(fragment.Start, fragment.End);
        var value = reader.ReadFiltered(wanted: true);
        reader.ExpectEnd();
        Note(reader);
        _script.Output(new OutputExpression(fragment.Opening, value));
    }

    private void AddTag(Fragment fragment)
    {
        var reader = Reader(fragment.Start, fragment.End);
        if (reader.TrySymbol("#"))
        {
            return; // a remark of one line
        }

        var name = reader.PeekWord();
        var at = reader.Position;
        if (name.Length == 0)
        {
            throw source.Error(at, "The name of a tag was expected.");
        }

        if (!Array.Exists(TagNames, n => n == name) && name != "elseif")
        {
            throw source.Error(at, Array.Exists(RefusedTags, n => n == name)
                ? $"The tag '{name}' is not available: a template stands alone."
                : $"There is no tag '{name}'.{NearestName.Proposal(name, TagNames)}");
        }

        reader.ExpectWord(name);
        if (name.StartsWith("end", StringComparison.Ordinal))
        {
            reader.ExpectEnd();
            Close(name[3..], fragment.Opening);
            return;
        }

        if (name is not ("when" or "else" or "comment"))
        {
            RefuseBeforeWhen(fragment.Opening);
        }

        Read(name, reader, fragment.Opening);
        Note(reader);
    }

    private void Read(string name, ExpressionReader reader, int opening)
    {
        switch (name)
        {
            case "if":
                Open(new(name, opening));
                _script.If(reader.ReadCondition());
                break;
            case "unless":
                Open(new(name, opening));
                _script.If(new NotExpression(reader.ReadCondition()));
                break;
            case "elsif" or "elseif":
                Branch(opening, name, "if", "unless");
                _script.ElseIf(reader.ReadCondition());
                break;
            case "else":
                ReadElse(reader, opening);
                break;
            case "case":
                var subject = reader.ReadOperand(inComparison: true);
                reader.ExpectEnd();
                Open(new(name, opening) { Subject = subject });
                break;
            case "when":
                ReadWhen(reader, opening);
                break;
            case "for" or "tablerow":
                ReadLoop(name, reader, opening);
                break;
            case "break" or "continue":
                reader.ExpectEnd();
                _script.Jump(_open.Exists(b => b.Name == "for") ? name : throw source.Error(opening, $"'{name}' stands outside of a 'for'."));
                break;
            case "capture":
                var captured = reader.ReadName();
                reader.ExpectEnd();
                Open(new(name, opening));
                _script.Capture(captured);
                _locals.Add(captured);
                break;
            case "ifchanged":
                reader.ExpectEnd();
                Open(new(name, opening));
                _script.IfChanged();
                break;
            case "assign":
                var assigned = reader.ReadName();
                reader.ExpectSymbol("=");
                var value = reader.ReadFiltered(wanted: true);
                reader.ExpectEnd();
                _script.Assign(assigned, new AssignExpression(opening, value));
                Note(reader); // before the name is a local one: {% assign contact = contact.name %}
                _locals.Add(assigned);
                break;
            case "increment" or "decrement":
                var counter = reader.ReadName();
                reader.ExpectEnd();
                _script.Output(new OutputExpression(opening, new CounterExpression(counter, name == "increment" ? 1 : -1)));
                _locals.Add(counter);
                break;
            case "cycle":
                ReadCycle(reader, opening);
                break;
            default:
                ReadVerbatim(name, reader, opening);
                break;
        }
    }

    private void ReadElse(ExpressionReader reader, int opening)
    {
        reader.ExpectEnd();
        var block = Branch(opening, "else", "if", "unless", "case", "for");
        block.HasElse = true;
        if (block.Subject is not null && !block.HasBranch)
        {
            block.HasBranch = true;
            _script.If(new LiteralExpression(true));
            return;
        }

        _script.Else();
    }

    private void ReadWhen(ExpressionReader reader, int opening)
    {
        var block = Branch(opening, "when", "case");
        var values = new List<Expression>();
        do
        {
            values.Add(reader.ReadOperand(inComparison: true));
        }
        while (reader.TrySymbol(",") || reader.TryWord("or"));

        reader.ExpectEnd();
        var condition = new WhenExpression(opening, block.Subject!, [.. values]);
        if (block.HasBranch)
        {
            _script.ElseIf(condition);
        }
        else
        {
            block.HasBranch = true;
            _script.If(condition);
        }
    }

    private void ReadLoop(string name, ExpressionReader reader, int opening)
    {
        var variable = reader.ReadName();
        reader.ExpectWord("in");
        var items = reader.ReadOperand();
        Expression? offset = null, limit = null, columns = null;
        var reversed = false;
        while (!reader.AtEnd)
        {
            reader.TrySymbol(",");
            if (name == "for" && reader.TryWord("reversed"))
            {
                reversed = true;
            }
            else if (reader.TryWord("limit"))
            {
                limit = Argument();
            }
            else if (reader.TryWord("offset"))
            {
                offset = Argument();
            }
            else if (name == "tablerow" && reader.TryWord("cols"))
            {
                columns = new ColumnsExpression(Argument());
            }
            else
            {
                reader.ExpectEnd();
            }
        }

        var collection = new CollectionExpression(opening, items, offset, limit, reversed);
        Note(reader);
        Open(new(name, opening) { LoopVariable = variable });
        _script.Loop(name, variable, collection, columns);

        Expression Argument()
        {
            reader.ExpectSymbol(":");
            return reader.ReadOperand();
        }
    }

    private void ReadCycle(ExpressionReader reader, int opening)
    {
        var from = reader.Position;
        var values = new List<Expression> { reader.ReadOperand() };
        Expression? group = null;
        if (reader.TrySymbol(":"))
        {
            group = values[0];
            values = [reader.ReadOperand()];
        }

        while (reader.TrySymbol(","))
        {
            values.Add(reader.ReadOperand());
        }

        reader.ExpectEnd();
        var words = source.Text[from..reader.Position].Trim();
        _script.Output(new OutputExpression(opening, new CycleExpression(words, group, [.. values])));
    }

    // raw and comment
    private void ReadVerbatim(string name, ExpressionReader reader, int opening)
    {
        reader.ExpectEnd();
        var content = _scanner.ReadUntil("end" + name, name, opening);
        if (name == "raw" && content.End > content.Start)
        {
            AddText(content);
        }
    }

    private void Open(OpenBlock block)
    {
        if (_open.Count >= options.MaxNesting)
        {
            throw source.Error(block.Opening, $"More than {options.MaxNesting} blocks within each other (TemplateOptions.MaxNesting).");
        }

        _open.Add(block);
    }

    private OpenBlock Branch(int opening, string name, params ReadOnlySpan<string> within)
    {
        if (_open.Count == 0 || !within.Contains(_open[^1].Name))
        {
            throw source.Error(opening, $"'{name}' stands outside of its block ({string.Join(", ", within!)}).");
        }

        return _open[^1] is { HasElse: false } block ? block : throw source.Error(opening, $"'{name}' comes after the 'else' of its '{_open[^1].Name}'.");
    }

    private void Close(string name, int opening)
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
        if (block.Subject is null || block.HasBranch)
        {
            _script.End(block.Subject is null && name != "unless" ? name : "if");
        }
    }

    private void RefuseBeforeWhen(int opening)
    {
        if (_open.Count > 0 && _open[^1] is { Subject: not null, HasBranch: false })
        {
            throw source.Error(opening, "Between 'case' and its first 'when' nothing can stand.");
        }
    }

    private ExpressionReader Reader(int start, int end) => new(source, start, end, options.MaxNesting, IsLocal);

    private bool IsLocal(string name) =>
        _locals.Contains(name) || _open.Exists(b => b.LoopVariable == name || (b.IsLoop && name == (b.Name == "for" ? "forloop" : "tablerowloop")));

    private void Note(ExpressionReader reader)
    {
        foreach (var path in reader.Paths.Where(p => !IsLocal(p.Root)))
        {
            var (line, column) = source.Place(path.Position);
            _references.Add(new(path.Text, line, column) { Field = path.Steps is [{ Key: string field }, ..] ? field : null });
        }

        reader.Paths.Clear();
    }
}
