namespace FlowDispatch.Executions;

/// <summary>The rows of an audience that are likeliest to go wrong, among those that would be sent to; at most five of each kind.</summary>
/// <param name="Longest">The longest messages, longest first; of a provider's template its longest parameter.</param>
/// <param name="EmptyCount">People with a variable that is empty or blank, whatever the reason.</param>
/// <param name="Empty">The first of them.</param>
/// <param name="OddCount">Values of variables that look odd; one value may have several signs.</param>
/// <param name="OddTexts">
/// The first of them. Signs: a script in lower case (<c>cyrillic</c>) that is not the one most values of that variable have,
/// <c>mixed_scripts</c> within a word, <c>unreadable</c> (lost or control characters, text in the wrong encoding) and
/// <c>braces</c> (a value with Liquid in it, which is printed as it stands).
/// </param>
public sealed record WorstRows(
    IReadOnlyList<WorstRow> Longest, int EmptyCount, IReadOnlyList<WorstRow> Empty, int OddCount, IReadOnlyList<WorstRow> OddTexts);
