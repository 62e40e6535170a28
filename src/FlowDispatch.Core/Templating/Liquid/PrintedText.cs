using System.Buffers;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Joins what a template prints. A single text is handed on as it is; more are put together in the caller's space while it lasts.</summary>
internal ref struct PrintedText(Evaluation evaluation, Span<char> space)
{
    private Span<char> _space = space;
    private char[]? _rented;
    private string? _only;
    private int _length;

    /// <summary>What pieces print by themselves, and how it goes on behind them.</summary>
    public static (string Text, Flow Flow) Of(Piece[] pieces, Evaluation evaluation)
    {
        var output = new PrintedText(evaluation, default);
        try
        {
            var flow = Piece.Print(pieces, evaluation, ref output);
            return (output.End(), flow);
        }
        finally
        {
            output.Dispose();
        }
    }

    public void Add(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        evaluation.Allow((long)_length + text.Length);
        if (_length == 0)
        {
            (_only, _length) = (text, text.Length);
            return;
        }

        if (_only is not null)
        {
            _length = 0;
            Append(_only);
            _only = null;
        }

        Append(text);
    }

    public readonly string End() => _only ?? (_length == 0 ? "" : new string(_space[.._length]));

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<char>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private void Append(string text)
    {
        if (_length + text.Length > _space.Length)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(256, Math.Max(_length + text.Length, _space.Length * 2)));
            _space[.._length].CopyTo(larger);
            Dispose();
            _rented = larger;
            _space = larger;
        }

        text.CopyTo(_space[_length..]);
        _length += text.Length;
    }
}
