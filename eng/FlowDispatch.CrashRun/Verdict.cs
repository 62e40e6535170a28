using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FlowDispatch.CrashRun;

/// <summary>What the simulator's ledger, the counters and the rows say, held against each other.</summary>
internal sealed record Verdict(string Table, IReadOnlyList<string> Problems)
{
    public static Verdict Of(
        RunOptions options,
        JsonElement execution,
        JsonElement verify,
        IReadOnlyList<(string Number, string Status)> recipients,
        IReadOnlyList<TakenMessage> ledger,
        TimeSpan took)
    {
        var taken = ledger.Select(m => m.To).ToHashSet(StringComparer.Ordinal);
        var repeated = ledger.CountBy(m => m.To).Count(n => n.Value > 1);
        var sent = recipients.Where(r => r.Status is "sent" or "delivered" or "read" or "replied" or "completed").Select(r => r.Number).ToHashSet(StringComparer.Ordinal);
        var doubted = recipients.Where(r => r.Status == "in_doubt").Select(r => r.Number).ToHashSet(StringComparer.Ordinal);
        var problems = new List<string>();
        Expect("people who got more than one message", 0, repeated);
        Expect("recipients", options.People, recipients.Count);
        Expect("recipients that are neither sent nor in doubt", 0, recipients.Count - sent.Count - doubted.Count);
        Expect("people who got a message and are not shown as sent", 0, taken.Except(sent).Count());
        Expect("people shown as sent who got none", 0, sent.Except(taken).Count());
        Expect("counter messages_sent", sent.Count, Counter("messages_sent"));
        Expect("counter recipients_in_doubt", doubted.Count, Counter("recipients_in_doubt"));
        Expect("counter total_recipients", options.People, Counter("total_recipients"));
        if (options.Repeat)
        {
            Expect("people who got a message", options.People, taken.Count);
        }

        if (execution.GetProperty("status").GetString() is not "completed" and var status)
        {
            problems.Add($"the execution is {status}, not completed");
        }

        foreach (var claim in new[] { "settled", "consistent" })
        {
            if (verify.GetProperty(claim).ValueKind != JsonValueKind.True)
            {
                problems.Add($"verify does not say {claim}: {verify}");
            }
        }

        var table = new StringBuilder();
        Row("store", options.Store);
        Row("policy", options.Repeat ? "repeat" : "hold");
        Row("seed", options.Seed);
        Row("SIGKILLs", options.Kills);
        Row("people planned", recipients.Count);
        Row("messages in the ledger", ledger.Count);
        Row("  whose answer was lost", ledger.Count(m => m.AnswerLost));
        Row("  different people", taken.Count);
        Row("  people sent to twice", repeated);
        Row("shown as sent", sent.Count);
        Row("shown in doubt", doubted.Count);
        Row("counters equal rows", verify.GetProperty("consistent").ValueKind == JsonValueKind.True ? "yes" : "no");
        Row("took", string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0} s"));
        return new(table.ToString(), problems);

        int Counter(string name) => execution.GetProperty(name).GetInt32();

        void Expect(string what, int expected, int actual)
        {
            if (actual != expected)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {actual} instead of {expected}"));
            }
        }

        void Row(string label, object value) => table.AppendLine(string.Create(CultureInfo.InvariantCulture, $"  {label,-26} {value,10}"));
    }
}
