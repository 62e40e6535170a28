using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Recipients;

/// <summary>One thing that happened to a recipient.</summary>
/// <param name="Kind">planned, skipped, failed, flow_completed, or a word of <see cref="RecipientEventKind"/>.</param>
/// <param name="At">When.</param>
/// <param name="Attempt">The attempt it belongs to; null where it belongs to none.</param>
/// <param name="Code">The code of an error or a reason.</param>
/// <param name="Message">In words.</param>
/// <param name="ProviderMessageId">The provider's id of the message concerned.</param>
internal sealed record HistoryEntry(string Kind, DateTimeOffset At, int? Attempt = null, string? Code = null, string? Message = null, string? ProviderMessageId = null)
{
    /// <summary>The whole history: what was kept of it, and what the row itself tells.</summary>
    public static IReadOnlyList<HistoryEntry> Of(Recipient row, IReadOnlyList<RecipientEvent> events)
    {
        var kept = events.Select(e => new HistoryEntry(
            JsonText.Word(e.Kind), e.At, e.Attempt == 0 ? null : e.Attempt, e.Code, e.Message, e.ProviderMessageId));

        // Providers report whole seconds: within one, an attempt comes before what was said about it.
        return [.. FromRow(row, [.. events.Select(e => e.Kind)]).Concat(kept).OrderBy(e => e.At.ToUnixTimeSeconds()).ThenBy(Rank).ThenBy(e => e.At)];
    }

    private static int Rank(HistoryEntry entry) => entry.Kind switch
    {
        "planned" or "skipped" => 0,
        _ when entry.Kind.StartsWith("attempt_", StringComparison.Ordinal) => 1,
        _ => 2,
    };

    // The happy path keeps no events of its own: an accepted first attempt and its receipts are in the row's times.
    private static IEnumerable<HistoryEntry> FromRow(Recipient row, HashSet<RecipientEventKind> kept)
    {
        yield return new("planned", row.CreatedAt);
        if (row.Status == RecipientStatus.Skipped)
        {
            yield return new("skipped", row.CreatedAt, Code: row.ErrorCode, Message: row.ErrorMessage);
        }

        if (row.SentAt is { } sent && !kept.Contains(RecipientEventKind.AttemptAccepted) && !kept.Contains(RecipientEventKind.ResolvedSent))
        {
            yield return new(JsonText.Word(RecipientEventKind.AttemptAccepted), sent, Math.Max(row.Attempts, 1), ProviderMessageId: row.ProviderMessageId);
        }

        if (row.DeliveredAt is { } delivered && !kept.Contains(RecipientEventKind.ReceiptDelivered))
        {
            yield return new(JsonText.Word(RecipientEventKind.ReceiptDelivered), delivered, ProviderMessageId: row.ProviderMessageId);
        }

        if (row.ReadAt is { } read && !kept.Contains(RecipientEventKind.ReceiptRead))
        {
            yield return new(JsonText.Word(RecipientEventKind.ReceiptRead), read, ProviderMessageId: row.ProviderMessageId);
        }

        if (row.RepliedAt is { } replied && !kept.Contains(RecipientEventKind.Replied))
        {
            yield return new(JsonText.Word(RecipientEventKind.Replied), replied);
        }

        if (row.FailedAt is { } failed && !kept.Contains(RecipientEventKind.AttemptFailed) && !kept.Contains(RecipientEventKind.ReceiptFailed))
        {
            yield return new("failed", failed, Code: row.ErrorCode, Message: row.ErrorMessage);
        }

        if (row.CompletedAt is { } completed)
        {
            yield return new("flow_completed", completed, Message: row.FlowOutcome);
        }
    }
}
