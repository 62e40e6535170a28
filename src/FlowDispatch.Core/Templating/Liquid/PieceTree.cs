namespace FlowDispatch.Templating.Liquid;

/// <summary>Puts a template together from what is read: a tree as deep as its blocks, which the bounds keep shallow.</summary>
internal sealed class PieceTree : ITemplateSink
{
    private readonly Stack<Block> _open = [];
    private List<Piece> _pieces = [];

    /// <summary>The whole template, when all its blocks have ended.</summary>
    public Piece[] Pieces() => [.. _pieces];

    public void Text(string text, bool inLoop) => _pieces.Add(inLoop ? new LoopTextPiece(text) : new TextPiece(text));

    public void Output(OutputExpression output) => _pieces.Add(new OutputPiece(output));

    public void Assign(string variable, Expression value) => _pieces.Add(new AssignPiece(variable, value));

    public void Jump(string tag) => _pieces.Add(new JumpPiece(tag == "break" ? Flow.Break : Flow.Continue));

    public void If(Expression condition) => Open(branches => new BranchPiece(branches), condition);

    public void ElseIf(Expression condition) => Branch(condition);

    public void Else() => Branch(null);

    public void Loop(string tag, string variable, Expression items, Expression? columns) => Open(branches => tag == "for"
        ? new ForPiece(variable, items, branches[0].Body, branches.Count > 1 ? branches[1].Body : [])
        : new TableRowPiece(variable, items, columns, branches[0].Body));

    public void Capture(string variable) => Open(branches => new CapturePiece(variable, branches[0].Body));

    public void IfChanged() => Open(branches => new IfChangedPiece(branches[0].Body));

    public void End(string tag)
    {
        Branch(null);
        var block = _open.Pop();
        _pieces = block.Outside;
        _pieces.Add(block.Make(block.Branches));
    }

    private void Open(Func<IReadOnlyList<PieceBranch>, Piece> make, Expression? condition = null)
    {
        _open.Push(new(_pieces, make) { Condition = condition });
        _pieces = [];
    }

    private void Branch(Expression? next)
    {
        var block = _open.Peek();
        block.Branches.Add(new(block.Condition, [.. _pieces]));
        block.Condition = next;
        _pieces = [];
    }

    private sealed class Block(List<Piece> outside, Func<IReadOnlyList<PieceBranch>, Piece> make)
    {
        public List<Piece> Outside => outside;

        public Func<IReadOnlyList<PieceBranch>, Piece> Make => make;

        public List<PieceBranch> Branches { get; } = [];

        /// <summary>What the branch being read asks; null for nothing.</summary>
        public Expression? Condition { get; set; }
    }
}

/// <summary>A branch of a block: what it asks (null for nothing) and what it prints.</summary>
internal readonly record struct PieceBranch(Expression? Condition, Piece[] Body);
