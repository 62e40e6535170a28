using FlowDispatch.Contacts;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Who may not be written to, in the order in which nodes hear of it.</summary>
internal static class Suppressions
{
    /// <summary>Writes what changes of contacts changed of it: last in a transaction.</summary>
    /// <remarks>
    /// Nodes follow the sequence numbers, so a smaller one must never be committed after a larger one was seen: whoever
    /// adds any does it alone, until the transaction ends.
    /// </remarks>
    public static async Task WriteAsync(PostgresSession session, List<(Contact? Before, Contact After)> changes, CancellationToken cancellationToken)
    {
        var changed = changes.Select(c => (Was: c.Before?.Suppression ?? ContactSuppression.None, c.After)).Where(c => c.After.Suppression != c.Was).ToList();
        if (changed.Count == 0)
        {
            return;
        }

        await session.LockAsync("suppressions", cancellationToken).ConfigureAwait(false);
        var eased = changed.Where(c => c.After.Suppression < c.Was && c.After.Suppression != ContactSuppression.None).ToList();
        var added = changed.Where(c => c.After.Suppression > c.Was).ToList();
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(
                "UPDATE fd_suppressions s SET suppression = x.suppression FROM unnest($1, $2) AS x(id, suppression) WHERE s.contact_id = x.id",
                eased.ConvertAll(c => c.After.Id.Value).ToArray(), eased.ConvertAll(c => (int)c.After.Suppression).ToArray());
            batch.Add("DELETE FROM fd_suppressions WHERE contact_id = ANY($1)", changed.Except(eased).Select(c => c.After.Id.Value).ToArray());
            batch.Add(
                "INSERT INTO fd_suppressions (contact_id, suppression) SELECT id, suppression FROM unnest($1, $2) AS x(id, suppression)",
                added.ConvertAll(c => c.After.Id.Value).ToArray(), added.ConvertAll(c => (int)c.After.Suppression).ToArray());
            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
