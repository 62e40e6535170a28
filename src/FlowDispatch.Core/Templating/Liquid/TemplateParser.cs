using FlowDispatch.Validation;

namespace FlowDispatch.Templating.Liquid;

/// <summary>
/// Reads one template: refuses what is too long, too deep or not Liquid, with its place, and tells a sink the rest with every
/// expression compiled.
/// </summary>
internal sealed class TemplateParser(TemplateSource source, TemplateOptions options, ITemplateSink sink)
{
    private static readonly string[] BlockNames = ["if", "unless", "case", "for", "tablerow", "capture", "ifchanged", "comment", "raw"];
    private static readonly string[] TagNames =
        [.. BlockNames, .. BlockNames.Select(b => "end" + b), "else", "elsif", "elseif", "when", "assign", "break", "continue", "cycle", "increment", "decrement"];

    private static readonly string[] RefusedTags = ["include", "render", "layout", "extends", "block", "param", "literal"];

    private readonly TagScanner _scanner = new(source);
    private readonly OpenBlocks _blocks = new(source, options.MaxNesting);
    private readonly List<TemplateReference> _references = [];
    private readonly List<TemplateFilter> _filters = [];

    /// <summary>The paths that the template reads from its variables.</summary>
    public IReadOnlyList<TemplateReference> References => _references;

    /// <summary>The filters that it uses.</summary>
    public IReadOnlyList<TemplateFilter> Filters => _filters;

    public static LiquidTemplate Parse(TemplateSource source, TemplateOptions options, TimeProvider time)
    {
        var tree = new PieceTree();
        var parser = new TemplateParser(source, options, tree);
        parser.Read();
        return new LiquidTemplate(source, options, time, tree.Pieces(), parser.References, parser.Filters);
    }

    /// <summary>Reads it from beginning to end, once.</summary>
    public void Read()
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
                    var reader = Reader(fragment);
                    sink.Output(new OutputExpression(fragment.Opening, reader.ReadFiltered()));
                    Note(reader);
                    break;
                default:
                    AddTag(fragment);
                    break;
            }
        }

        _blocks.ExpectAllClosed();
    }

    private void AddText(Fragment fragment)
    {
        if (!_blocks.BeforeWhen && fragment.End > fragment.Start)
        {
            sink.Text(source.Text[fragment.Start..fragment.End], _blocks.InLoop);
        }
    }

    private void AddTag(Fragment fragment)
    {
        var reader = Reader(fragment);
        if (reader.Cursor.TrySymbol("#"))
        {
            return; // a remark of one line
        }

        var name = reader.Cursor.PeekWord();
        if (name.Length == 0)
        {
            throw reader.Cursor.Error("The name of a tag was expected.");
        }

        if (!TagNames.Contains(name))
        {
            throw reader.Cursor.Error(RefusedTags.Contains(name)
                ? $"The tag '{name}' is not available: a template stands alone."
                : $"There is no tag '{name}'.{NearestName.Proposal(name, TagNames)}");
        }

        if (name is not ("when" or "else" or "comment" or "endcase"))
        {
            RefuseBeforeWhen(fragment.Opening);
        }

        reader.Cursor.ExpectWord(name);
        Read(name, reader, fragment.Opening);
        Note(reader);
    }

    private void Read(string name, ExpressionReader reader, int opening)
    {
        switch (name)
        {
            case "if":
                _blocks.Open(new(name, opening));
                sink.If(reader.ReadCondition());
                break;
            case "unless":
                _blocks.Open(new(name, opening));
                sink.If(new NotExpression(reader.ReadCondition()));
                break;
            case "elsif" or "elseif":
                _blocks.Branch(opening, name, "if", "unless");
                sink.ElseIf(reader.ReadCondition());
                break;
            case "else":
                ReadElse(reader.Cursor, opening);
                break;
            case "case":
                var subject = reader.ReadOperand(inComparison: true);
                reader.Cursor.ExpectEnd();
                _blocks.Open(new(name, opening) { Subject = subject });
                break;
            case "when":
                ReadWhen(reader, opening);
                break;
            case "for" or "tablerow":
                ReadLoop(name, reader, opening);
                break;
            case "break" or "continue":
                reader.Cursor.ExpectEnd();
                sink.Jump(_blocks.IsWithin("for") ? name : throw source.Error(opening, $"'{name}' stands outside of a 'for'."));
                break;
            case "capture":
                var captured = reader.Cursor.ReadName();
                reader.Cursor.ExpectEnd();
                _blocks.Open(new(name, opening));
                _blocks.Give(captured);
                sink.Capture(captured);
                break;
            case "ifchanged":
                reader.Cursor.ExpectEnd();
                _blocks.Open(new(name, opening));
                sink.IfChanged();
                break;
            case "assign":
                var assigned = reader.Cursor.ReadName();
                reader.Cursor.ExpectSymbol("=");
                sink.Assign(assigned, new AssignExpression(opening, reader.ReadFiltered()));
                Note(reader); // before the name is a local one: {% assign contact = contact.name %}
                _blocks.Give(assigned);
                break;
            case "increment" or "decrement":
                var counter = reader.Cursor.ReadName();
                reader.Cursor.ExpectEnd();
                _blocks.Give(counter);
                sink.Output(new OutputExpression(opening, new CounterExpression(counter, name == "increment" ? 1 : -1)));
                break;
            case "cycle":
                ReadCycle(reader, opening);
                break;
            case "raw" or "comment":
                ReadVerbatim(name, reader.Cursor, opening);
                break;
            default:
                ReadEnd(name["end".Length..], reader.Cursor, opening);
                break;
        }
    }

    private void ReadElse(ExpressionCursor cursor, int opening)
    {
        cursor.ExpectEnd();
        var block = _blocks.Branch(opening, "else", "if", "unless", "case", "for");
        block.HasElse = true;
        if (_blocks.BeforeWhen)
        {
            block.HasBranch = true;
            sink.If(new LiteralExpression(true));
        }
        else
        {
            sink.Else();
        }
    }

    private void ReadWhen(ExpressionReader reader, int opening)
    {
        var block = _blocks.Branch(opening, "when", "case");
        var values = new List<Expression>();
        do
        {
            values.Add(reader.ReadOperand(inComparison: true));
        }
        while (reader.Cursor.TrySymbol(",") || reader.Cursor.TryWord("or"));

        reader.Cursor.ExpectEnd();
        var condition = new WhenExpression(opening, block.Subject!, [.. values]);
        if (block.HasBranch)
        {
            sink.ElseIf(condition);
        }
        else
        {
            block.HasBranch = true;
            sink.If(condition);
        }
    }

    private void ReadLoop(string name, ExpressionReader reader, int opening)
    {
        var cursor = reader.Cursor;
        var variable = cursor.ReadName();
        cursor.ExpectWord("in");
        var items = reader.ReadOperand();
        Expression? offset = null, limit = null, columns = null;
        var reversed = false;
        while (!cursor.AtEnd)
        {
            cursor.TrySymbol(",");
            if (name == "for" && cursor.TryWord("reversed"))
            {
                reversed = true;
            }
            else if (cursor.TryWord("limit"))
            {
                limit = Argument();
            }
            else if (cursor.TryWord("offset"))
            {
                offset = Argument();
            }
            else if (name == "tablerow" && cursor.TryWord("cols"))
            {
                columns = new ColumnsExpression(Argument());
            }
            else
            {
                cursor.ExpectEnd();
            }
        }

        Note(reader); // before the variable is a local one: {% for item in item.parts %}
        _blocks.Open(new(name, opening) { LoopVariable = variable });
        sink.Loop(name, variable, new CollectionExpression(opening, items, offset, limit, reversed), columns);

        Expression Argument()
        {
            cursor.ExpectSymbol(":");
            return reader.ReadOperand();
        }
    }

    private void ReadCycle(ExpressionReader reader, int opening)
    {
        var from = reader.Cursor.Position;
        var values = new List<Expression> { reader.ReadOperand() };
        Expression? group = null;
        if (reader.Cursor.TrySymbol(":"))
        {
            group = values[0];
            values = [reader.ReadOperand()];
        }

        while (reader.Cursor.TrySymbol(","))
        {
            values.Add(reader.ReadOperand());
        }

        reader.Cursor.ExpectEnd();
        var words = reader.Cursor.TextFrom(from).Trim(); // cycles of the same words are one
        sink.Output(new OutputExpression(opening, new CycleExpression(words, group, [.. values])));
    }

    private void ReadVerbatim(string name, ExpressionCursor cursor, int opening)
    {
        cursor.ExpectEnd();
        var content = _scanner.ReadUntil("end" + name, name, opening);
        if (name == "raw")
        {
            AddText(content);
        }
    }

    private void ReadEnd(string name, ExpressionCursor cursor, int opening)
    {
        cursor.ExpectEnd();
        var block = _blocks.Close(name, opening);
        if (block.Subject is null || block.HasBranch)
        {
            sink.End(name is "unless" or "case" ? "if" : name);
        }
    }

    private void RefuseBeforeWhen(int opening)
    {
        if (_blocks.BeforeWhen)
        {
            throw source.Error(opening, "Between 'case' and its first 'when' nothing can stand.");
        }
    }

    private ExpressionReader Reader(Fragment fragment) =>
        new(new ExpressionCursor(source, fragment.Start, fragment.End), source, options.MaxNesting, _blocks.IsLocal);

    private void Note(ExpressionReader reader)
    {
        foreach (var path in reader.Paths.Where(p => !_blocks.IsLocal(p.Root)))
        {
            var (line, column) = source.Place(path.Position);
            _references.Add(new(path.Text, line, column) { Fields = [.. path.Steps.Select(s => s.Key).TakeWhile(k => k is string).Cast<string>()] });
        }

        foreach (var call in reader.Filters)
        {
            var (line, column) = source.Place(call.Position);
            _filters.Add(new(call.Filter.Name, line, column));
        }

        reader.Paths.Clear();
        reader.Filters.Clear();
    }
}
