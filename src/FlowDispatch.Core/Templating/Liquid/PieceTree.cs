namespace FlowDispatch.Templating.Liquid;

/// <summary>
/// Puts a template without loops and captures together: text, outputs, assignments and branches. Most templates with a block
/// have nothing but an <c>if</c>, which is decided here in a fraction of the time that the runtime of blocks needs.
/// </summary>
internal sealed class PieceTree
{
    private readonly Stack<Branches> _open = [];
    private List<Piece> _pieces = [];

    public void Add(Piece piece) => _pieces.Add(piece);

    public void If(Expression condition)
    {
        _open.Push(new(_pieces) { Condition = condition });
        _pieces = [];
    }

    /// <summary>The next branch; null asks nothing.</summary>
    public void Else(Expression? condition)
    {
        var branches = _open.Peek();
        branches.Done.Add((branches.Condition, [.. _pieces]));
        branches.Condition = condition;
        _pieces = [];
    }

    public void EndIf()
    {
        var branches = _open.Pop();
        branches.Done.Add((branches.Condition, [.. _pieces]));
        _pieces = branches.Outside;
        _pieces.Add(new BranchPiece(branches.Done));
    }

    public Piece[] Pieces() => [.. _pieces];

    private sealed class Branches(List<Piece> outside)
    {
        public List<Piece> Outside => outside;

        public List<(Expression? Condition, Piece[] Body)> Done { get; } = [];

        public Expression? Condition { get; set; }
    }
}
