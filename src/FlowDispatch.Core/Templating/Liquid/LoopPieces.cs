using System.Globalization;

namespace FlowDispatch.Templating.Liquid;

/// <summary>A <c>for</c>: its body once for each item, or the other body where there is none.</summary>
internal sealed class ForPiece(string variable, Expression items, Piece[] body, Piece[] otherwise) : Piece
{
    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        var list = (IReadOnlyList<object?>)items.Evaluate(evaluation)!;
        if (list.Count == 0)
        {
            return Print(otherwise, evaluation, ref output);
        }

        var locals = evaluation.OwnLocals;
        var loop = locals.Enter(variable, "forloop");
        for (var index = 0; index < list.Count; index++)
        {
            loop.Move(list[index], Place(index, list.Count));
            if (Print(body, evaluation, ref output) == Flow.Break)
            {
                break;
            }
        }

        locals.Leave();
        return Flow.Next;
    }

    // Made only where somebody asks for it.
    private static Func<IReadOnlyDictionary<string, object?>> Place(int index, int length) => () => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["length"] = (long)length,
        ["index"] = index + 1L,
        ["index0"] = (long)index,
        ["rindex"] = (long)length - index,
        ["rindex0"] = length - index - 1L,
        ["first"] = index == 0,
        ["last"] = index == length - 1,
    };
}

/// <summary>A <c>tablerow</c>: each item in a cell of an HTML table.</summary>
internal sealed class TableRowPiece(string variable, Expression items, Expression? columns, Piece[] body) : Piece
{
    public override Flow Print(Evaluation evaluation, ref PrintedText output)
    {
        var list = (IReadOnlyList<object?>)items.Evaluate(evaluation)!;
        var width = columns is null ? list.Count : (int)columns.Evaluate(evaluation)!;
        var locals = evaluation.OwnLocals;
        var loop = locals.Enter(variable, "tablerowloop");
        var (row, column) = (1, 0);
        output.Add("<tr class=\"row1\">\n");
        for (var index = 0; index < list.Count; index++)
        {
            loop.Move(list[index], Place(index, list.Count, column, width));
            column++;
            output.Add(string.Create(CultureInfo.InvariantCulture, $"<td class=\"col{column}\">"));
            if (Print(body, evaluation, ref output) is var flow and not Flow.Next)
            {
                locals.Leave();
                return flow; // a jump of the loop around it
            }

            output.Add("</td>");
            if (column == width && index < list.Count - 1)
            {
                column = 0;
                row++;
                output.Add(string.Create(CultureInfo.InvariantCulture, $"</tr>\n<tr class=\"row{row}\">"));
            }
        }

        locals.Leave();
        output.Add("</tr>\n");
        return Flow.Next;
    }

    private static Func<IReadOnlyDictionary<string, object?>> Place(int index, int length, int column, int width) => () => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["length"] = (long)length,
        ["index"] = index + 1L,
        ["index0"] = (long)index,
        ["col"] = column + 1L,
        ["col0"] = (long)column,
        ["rindex"] = (long)length - index,
        ["rindex0"] = length - index - 1L,
        ["first"] = index == 0,
        ["last"] = index == length - 1,
        ["col_first"] = column == 0,
        ["col_last"] = column == width - 1,
    };
}
