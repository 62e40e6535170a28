using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Changes of single recipients within a transaction, decided on their rows while nobody else can change them.</summary>
internal sealed class PostgresTransitions(PostgresSession session, IReadOnlyList<RecipientTransition> transitions)
{
    // Of the newest version of each, which nobody else changes from here on.
    internal const string Held = $"SELECT {RecipientRow.Columns} FROM unnest($1) AS k JOIN fd_recipients r ON r.key = k FOR NO KEY UPDATE OF r";

    internal const string Unanswered = $"SELECT r.key FROM unnest($1) AS r(key) WHERE {RecipientRow.OpenUnanswered}";

    private readonly long[] _keys = [.. transitions.Select(t => PackedKey.Of(t.Recipient.ExecutionNumber, t.Recipient.Ordinal)).Distinct().Order()];

    public async Task<int> RunAsync(IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (situations, open) = await HoldAsync(cancellationToken).ConfigureAwait(false);
            var writers = new SortedDictionary<int, RecipientWriter>();
            var changed = Decide(situations, writers);
            if (await StillOpenAsync(writers, open, cancellationToken).ConfigureAwait(false))
            {
                await WriteAsync(writers, consumedInbox, cancellationToken).ConfigureAwait(false);
                return changed;
            }
        }
    }

    private async Task<(Dictionary<RecipientId, RecipientSituation> Situations, HashSet<int> Open)> HoldAsync(CancellationToken cancellationToken)
    {
        var (rows, heads) = await HoldRowsAsync(cancellationToken).ConfigureAwait(false);

        // Once they are held: what was marked before is seen. Whoever has ended has nothing to be answered, and most have.
        var open = rows.Where(r => r.Open).Select(r => PackedKey.Of(r.Id.ExecutionNumber, r.Id.Ordinal)).Order().ToArray();
        var unanswered = open.Length == 0 ? [] : await UnansweredAsync(open, cancellationToken).ConfigureAwait(false);
        return (
            rows.ToDictionary(r => r.Id, row => Situation(row, unanswered.Contains(PackedKey.Of(row.Id.ExecutionNumber, row.Id.Ordinal)))),
            [.. heads.Values.Where(e => e.IsOpen).Select(e => e.Number)]);

        RecipientSituation Situation(Recipient row, bool inFlight) => new(
            inFlight && row.Status == RecipientStatus.Pending ? row with { Status = RecipientStatus.Sending } : row, heads[row.Id.ExecutionNumber].IsOpen, inFlight);
    }

    private async Task<(List<Recipient> Rows, Dictionary<int, ExecutionHead> Heads)> HoldRowsAsync(CancellationToken cancellationToken)
    {
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            // Due entries first, as whoever claims and marks them does: what is marked from here on waits for this to end.
            PostgresCommit.Hold(batch, _keys);
            batch.Add($"SELECT {ExecutionHeads.Columns} FROM fd_executions e WHERE e.number = ANY($1)", transitions.Select(t => t.Recipient.ExecutionNumber).Distinct().ToArray());
            batch.Add(Held, _keys);
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var heads = (await rows.NextListAsync(ExecutionHeads.Read, cancellationToken).ConfigureAwait(false)).ToDictionary(e => e.Number);

                // Without a head the execution is pruned and its rows are not yet.
                var found = await rows.NextListAsync(
                    row => heads.TryGetValue(PackedKey.Parent(row.GetInt64(0)), out var head) ? RecipientRow.Read(row, head) : null, cancellationToken).ConfigureAwait(false);
                return ([.. found.OfType<Recipient>()], heads);
            }
        }
    }

    private async Task<HashSet<long>> UnansweredAsync(long[] open, CancellationToken cancellationToken)
    {
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            // Again: whoever was waited for may have put them into the queue, and there they could be claimed and marked yet.
            PostgresCommit.Hold(batch, open);
            batch.Add(Unanswered, open);
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                return [.. await rows.NextListAsync(row => row.GetInt64(0), cancellationToken).ConfigureAwait(false)];
            }
        }
    }

    private int Decide(Dictionary<RecipientId, RecipientSituation> situations, SortedDictionary<int, RecipientWriter> writers)
    {
        var changed = 0;
        var changedKeys = new Dictionary<RecipientId, RecipientWrite>();
        foreach (var transition in transitions)
        {
            if (!situations.TryGetValue(transition.Recipient, out var found))
            {
                continue;
            }

            // One that an earlier transition put into the queue, or took from it, is not in a sender's hands any more than that says.
            var situation = changedKeys.TryGetValue(transition.Recipient, out var before)
                ? found with { Recipient = before.After, InFlight = found.InFlight && before is { DueAt: null, After.Open: true } }
                : found;
            if (situation.InFlight && situation.Recipient.Status == RecipientStatus.Pending)
            {
                situation = situation with { Recipient = situation.Recipient with { Status = RecipientStatus.Sending } };
            }

            if (transition.Decide(situation) is not { } change)
            {
                continue;
            }

            var number = transition.Recipient.ExecutionNumber;
            if (!writers.TryGetValue(number, out var writer))
            {
                writers[number] = writer = new(number);
            }

            changedKeys[transition.Recipient] = writer.Change(PackedKey.Of(number, transition.Recipient.Ordinal), found.Recipient, _ => change);
            changed++;
        }

        return changed;
    }

    // A run that is taken up again keeps its execution open; so that must not be completed meanwhile. If it was, all is decided anew.
    private async Task<bool> StillOpenAsync(SortedDictionary<int, RecipientWriter> writers, HashSet<int> open, CancellationToken cancellationToken)
    {
        var reopening = writers.Where(w => open.Contains(w.Key) && w.Value.Writes.Any(r => r.Reopens)).Select(w => w.Key).ToArray();
        if (reopening.Length == 0)
        {
            return true;
        }

        var standing = await session.ReadAsync(
            "SELECT number FROM fd_executions WHERE number = ANY($1) AND status IN (0, 1, 2) ORDER BY number FOR SHARE", row => row.GetInt32(0), cancellationToken, reopening).ConfigureAwait(false);
        return standing.Count == reopening.Length;
    }

    private async Task WriteAsync(SortedDictionary<int, RecipientWriter> writers, IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken)
    {
        var singles = await PostgresPacks.OpenAsync(session, consumedInbox, stay: false, cancellationToken).ConfigureAwait(false);
        var expected = new List<(int Place, int Rows)>();
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            foreach (var writer in writers.Values)
            {
                writer.AddRows(batch, expected);
                writer.AddMessages(batch);
                writer.AddFollowers(batch);
            }

            if (singles.Count > 0)
            {
                batch.Add(PostgresInboxStore.Hold, singles.Order().ToArray());
                batch.Add(PostgresInboxStore.Drop, singles.ToArray());
            }

            foreach (var writer in writers.Values)
            {
                writer.AddCounters(batch);
            }

            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
            if (!expected.TrueForAll(e => batch.Changed(e.Place) == e.Rows))
            {
                throw new InvalidOperationException("Recipients' rows changed while they were held.");
            }
        }
    }
}
