using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresRetentionStore(PostgresDatabase database) : RetentionStore
{
    internal const string OfContact = """
        SELECT r.key FROM fd_recipients r JOIN fd_executions e ON e.number = r.execution
        WHERE r.contact_id = $1 AND r.execution > $2 AND e.organization_id = $3 ORDER BY r.execution LIMIT 500
        """;

    internal const string HoldEnded =
        "SELECT r.key, r.open, r.provider_message_id FROM unnest($1) AS k JOIN fd_recipients r ON r.key = k FOR NO KEY UPDATE OF r";

    internal const string EraseRows = RetentionSql.EraseRows + "key = ANY($1)";

    internal const string EraseHistory = RetentionSql.EraseHistory + "recipient = ANY($1)";

    internal const string Heard = "SELECT provider_message_id FROM fd_recipient_events WHERE recipient = ANY($1) AND provider_message_id IS NOT NULL";

    internal const string ForgetMessages =
        "DELETE FROM fd_messages m USING unnest($1) AS x WHERE m.hash = hashtextextended(x, 0) AND m.recipient = ANY($2)";

    internal const string UploadsWith = """
        SELECT u.number FROM fd_uploads u
        WHERE u.organization_id = $1 AND (SELECT 1 FROM fd_upload_rows r WHERE r.upload = u.number AND r.contact_id = $2) IS NOT NULL
        """;

    internal const string EraseUploadRows = "DELETE FROM fd_upload_rows WHERE upload = ANY($1) AND contact_id = $2";

    internal const string InboxPage = "SELECT id, event, received_at, tries FROM fd_inbox WHERE id > $1 ORDER BY id LIMIT $2";

    public override Task<RecipientTrace> FindRecipientsAsync(
        string organizationId, ContactId contact, string? position, CancellationToken cancellationToken = default) => database.ReadAsync(
        async session =>
        {
            var keys = await session.PlanAsync(
                OfContact, row => row.GetInt64(0), cancellationToken,
                contact.Value, position is null ? 0 : int.Parse(position, CultureInfo.InvariantCulture), organizationId).ConfigureAwait(false);
            var found = new List<Recipient>(keys.Count);
            foreach (var key in keys)
            {
                if (await ExecutionHeads.FindAsync(session, PackedKey.Parent(key), cancellationToken).ConfigureAwait(false) is { } execution)
                {
                    found.AddRange(await RecipientPages.ReadAsync(session, execution, [key], cancellationToken).ConfigureAwait(false));
                }
            }

            return keys.Count == TracePage
                ? new RecipientTrace(found, PackedKey.Parent(keys[^1]).ToString(CultureInfo.InvariantCulture))
                : new RecipientTrace(found, null);
        },
        cancellationToken);

    public override Task<int> EraseUploadRowsAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            var uploads = await session.PlanAsync(UploadsWith, row => row.GetInt32(0), cancellationToken, organizationId, contact.Value).ConfigureAwait(false);
            if (uploads.Count == 0)
            {
                return 0;
            }

            await session.RunAsync("UPDATE fd_uploads SET sample = '[]' WHERE number = ANY($1)", cancellationToken, uploads.ToArray()).ConfigureAwait(false);
            return await session.RunAsync(EraseUploadRows, cancellationToken, uploads.ToArray(), contact.Value).ConfigureAwait(false);
        },
        cancellationToken);

    public override Task EraseConversationsAsync(ContactId contact, IReadOnlyCollection<string> channels, CancellationToken cancellationToken = default) =>
        database.WriteAsync(
            session => session.RunAsync(
                "DELETE FROM fd_conversations WHERE channel_id = ANY($1) AND contact_id = $2", cancellationToken, channels.Select(c => (string?)c).ToArray(), contact.Value),
            cancellationToken);

    public override Task<bool> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            var found = await session.ReadAsync(
                ContactRow.Select + "WHERE organization_id = $1 AND id = $2 FOR UPDATE", row => ContactRow.Read(row, organizationId), cancellationToken,
                organizationId, contact.Value).ConfigureAwait(false);
            if (found is not [var known])
            {
                return false;
            }

            await PostgresErased.KeepAsync(session, known, cancellationToken).ConfigureAwait(false);
            await session.RunAsync("DELETE FROM fd_contacts WHERE organization_id = $1 AND id = $2", cancellationToken, organizationId, contact.Value).ConfigureAwait(false);

            // What claims know it by from now on, also where somebody added the person anew after it was deleted.
            await Suppressions.WriteAsync(session, [(known, known with { DeletedAt = known.DeletedAt ?? known.UpdatedAt })], cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    protected override Task<PruneStep> StepAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(session => PostgresPruning.StepAsync(session, endedBefore, organizationId, limit, cancellationToken), cancellationToken);

    protected override Task<IReadOnlyList<RecipientId>> EraseAsync(IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<RecipientId>>(session => EraseAsync(session, recipients, cancellationToken), cancellationToken);

    protected override Task<IReadOnlyList<InboxEntry>> InboxAsync(long after, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<InboxEntry>>(
        async session => await session.PlanAsync(InboxPage, PostgresInboxStore.Entry, cancellationToken, after, limit).ConfigureAwait(false),
        cancellationToken);

    private static async Task<IReadOnlyList<RecipientId>> EraseAsync(PostgresSession session, IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken)
    {
        var byKey = recipients.Distinct().ToDictionary(id => PackedKey.Of(id.ExecutionNumber, id.Ordinal));
        var held = await session.ReadAsync(
            HoldEnded, row => (Key: row.GetInt64(0), Open: row.GetBoolean(1), Message: row.TextOrNull(2)), cancellationToken, byKey.Keys.Order().ToArray()).ConfigureAwait(false);
        var ended = held.Where(r => !r.Open).Select(r => r.Key).ToArray();
        var heard = await session.PlanAsync(Heard, row => row.GetString(0), cancellationToken, ended).ConfigureAwait(false);
        var messages = held.Where(r => !r.Open).Select(r => r.Message).OfType<string>().Concat(heard).Distinct(StringComparer.Ordinal).ToArray();
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(EraseRows, ended);
            batch.Add(EraseHistory, ended);
            batch.Add(ForgetMessages, messages, ended);
            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        return [.. held.Where(r => r.Open).Select(r => byKey[r.Key])];
    }
}
