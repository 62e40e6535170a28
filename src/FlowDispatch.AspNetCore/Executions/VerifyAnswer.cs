using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary>The conservation check: everybody planned is in exactly one status, and the counters are what the rows add up to.</summary>
internal sealed record VerifyAnswer
{
    public required Guid ExecutionId { get; init; }

    public required ExecutionStatus Status { get; init; }

    /// <summary>True when nothing will change any more of its own accord.</summary>
    public required bool Settled { get; init; }

    public required bool? Consistent { get; init; }

    public required int Planned { get; init; }

    public required IReadOnlyDictionary<string, int> ByStatus { get; init; }

    public required Figures Counters { get; init; }

    public required Figures Rows { get; init; }

    public required IReadOnlyList<Difference> Differences { get; init; }

    public static VerifyAnswer Of(ExecutionAudit audit)
    {
        var counters = Figures.Of(audit.Execution.Counters);
        var rows = Figures.Of(audit.Rows);
        return new()
        {
            ExecutionId = audit.Execution.Id.Value,
            Status = audit.Execution.Status,
            Settled = audit.Settled,
            Consistent = audit.Consistent,
            Planned = audit.Rows.Total,
            ByStatus = Enum.GetValues<RecipientStatus>().ToDictionary(JsonText.Word, s => audit.ByStatus.GetValueOrDefault(s)),
            Counters = counters,
            Rows = rows,
            Differences = [.. Differ(counters, rows), .. Sum(audit)],
        };
    }

    private static IEnumerable<Difference> Differ(Figures counters, Figures rows) =>
        from pair in counters.Named.Zip(rows.Named)
        where pair.First.Value != pair.Second.Value
        select new Difference(pair.First.Name, pair.First.Value, pair.Second.Value);

    private static IEnumerable<Difference> Sum(ExecutionAudit audit)
    {
        var sum = audit.ByStatus.Values.Sum();
        return sum == audit.Rows.Total ? [] : [new Difference("by_status", audit.Rows.Total, sum)];
    }

    /// <summary>One figure that does not agree.</summary>
    internal sealed record Difference(string Figure, int Counter, int Rows);

    /// <summary>Counters under the names that executions show them by.</summary>
    internal sealed record Figures(
        int TotalRecipients,
        int MessagesSent,
        int MessagesDelivered,
        int MessagesRead,
        int MessagesReplied,
        int MessagesCompleted,
        int MessagesFailed,
        int RecipientsSkipped,
        int RecipientsCancelled,
        int RecipientsPending,
        int RecipientsInDoubt,
        int RecipientsOpen)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public IEnumerable<(string Name, int Value)> Named =>
        [
            ("total_recipients", TotalRecipients),
            ("messages_sent", MessagesSent),
            ("messages_delivered", MessagesDelivered),
            ("messages_read", MessagesRead),
            ("messages_replied", MessagesReplied),
            ("messages_completed", MessagesCompleted),
            ("messages_failed", MessagesFailed),
            ("recipients_skipped", RecipientsSkipped),
            ("recipients_cancelled", RecipientsCancelled),
            ("recipients_pending", RecipientsPending),
            ("recipients_in_doubt", RecipientsInDoubt),
            ("recipients_open", RecipientsOpen),
        ];

        public static Figures Of(ExecutionCounters c) => new(
            c.Total, c.Sent, c.Delivered, c.Read, c.Replied, c.Completed, c.Failed, c.Skipped, c.Cancelled, c.Pending, c.InDoubt, c.Open);
    }
}
