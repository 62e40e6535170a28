using System.Collections;
using System.Globalization;

namespace FlowDispatch.Templating.Liquid;

/// <summary>The whole numbers from one to another, both included. A list only where it must be one.</summary>
internal sealed record RangeValue(long From, long To) : IEnumerable<object?>
{
    public long Count => Math.Max(0, To - From + 1);

    public object? Member(object? key) => key switch
    {
        "size" => Count,
        "first" => From,
        "last" => To,
        _ => null,
    };

    public List<object?> ToList(Evaluation evaluation)
    {
        // Before the list is made: a hundred million numbers are asked for in one line.
        evaluation.ChargeItems(Count);
        return [.. this];
    }

    public IEnumerator<object?> GetEnumerator()
    {
        for (var number = From; number <= To; number++)
        {
            yield return number;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}..{To}");

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
