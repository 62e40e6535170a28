using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Templating.Scripts;

namespace FlowDispatch.Executions;

/// <summary>Looks for the rows that an operator should see before a million people do; keeps a handful, however many there are.</summary>
internal sealed class WorstRowSurvey
{
    private const int Kept = 5;
    private const int LongestText = 1_000;

    private readonly List<WorstRow> _longest = [];
    private readonly List<WorstRow> _empty = [];
    private readonly List<WorstRow> _odd = [];
    private readonly Dictionary<string, ScriptTally> _scripts = new(StringComparer.Ordinal);
    private int _emptyCount;
    private int _oddCount;

    /// <summary>The variables of somebody who would be sent to.</summary>
    public void AddVariables(PlannedRecipient recipient)
    {
        List<string>? empty = null;
        foreach (var (name, text) in recipient.Variables)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                (empty ??= []).Add(name);
                continue;
            }

            Look(recipient, name, text);
        }

        if (empty is not null)
        {
            _emptyCount++;
            Keep(_empty, empty, recipient);
        }
    }

    /// <summary>What that person would be told.</summary>
    public void AddMessage(PlannedRecipient recipient, PreviewedMessage message)
    {
        var text = message.Content switch
        {
            MessageContent.Text body => body.Body,
            MessageContent.Template template => template.Parameters.Select(p => p.Value).MaxBy(v => v.Length) ?? "",
            _ => "",
        };
        if (_longest.Count == Kept && text.Length <= _longest[^1].Characters)
        {
            return; // characters are never more than that
        }

        var characters = text.EnumerateRunes().Count();
        var at = _longest.FindIndex(r => r.Characters < characters);
        if (at >= 0 || _longest.Count < Kept)
        {
            _longest.Insert(at < 0 ? _longest.Count : at, new(recipient, message.Node, [], Cut(text), characters, []));
            _longest.RemoveRange(Math.Min(Kept, _longest.Count), Math.Max(0, _longest.Count - Kept));
        }
    }

    public WorstRows Result()
    {
        var foreign = _scripts.Values.SelectMany(t => t.Foreign()).ToList();
        return new(
            _longest,
            _emptyCount,
            _empty,
            _oddCount + foreign.Sum(f => f.Count),
            [.. _odd.Concat(foreign.SelectMany(f => f.Rows)).Take(Kept)]);
    }

    private void Look(PlannedRecipient recipient, string variable, string text)
    {
        var found = TextScripts.Of(text);
        if (found.Signs.Count > 0)
        {
            _oddCount++;
            if (_odd.Count < Kept)
            {
                _odd.Add(Row(recipient, variable, text, found.Signs));
            }
        }

        if (found.Scripts == Script.None)
        {
            return;
        }

        if (!_scripts.TryGetValue(variable, out var tally))
        {
            _scripts.Add(variable, tally = new());
        }

        tally.Add(found.Scripts, sign => Row(recipient, variable, text, [sign]));
    }

    private static void Keep(List<WorstRow> rows, IReadOnlyList<string> variables, PlannedRecipient recipient)
    {
        if (rows.Count < Kept)
        {
            rows.Add(new(recipient, null, variables, null, 0, []));
        }
    }

    private static WorstRow Row(PlannedRecipient recipient, string variable, string text, IReadOnlyList<string> signs) =>
        new(recipient, null, [variable], Cut(text), text.EnumerateRunes().Count(), signs);

    private static string Cut(string text) =>
        text.Length <= LongestText ? text : text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)];

    /// <summary>The scripts of one variable's values. Which one is usual is known only at the end, so a few rows of each are kept.</summary>
    private sealed class ScriptTally
    {
        private readonly SortedDictionary<Script, (int Count, List<WorstRow> Rows)> _byScript = [];

        public void Add(Script scripts, Func<string, WorstRow> row)
        {
            for (var rest = (uint)scripts; rest != 0; rest &= rest - 1)
            {
                var script = (Script)(rest & (~rest + 1));
                var (count, rows) = _byScript.GetValueOrDefault(script, (0, []));
                if (rows.Count < Kept)
                {
                    rows.Add(row(script.ToString().ToLowerInvariant()));
                }

                _byScript[script] = (count + 1, rows);
            }
        }

        /// <summary>All but the most frequent.</summary>
        public IEnumerable<(int Count, List<WorstRow> Rows)> Foreign() => _byScript.Values.OrderByDescending(s => s.Count).Skip(1);
    }
}
