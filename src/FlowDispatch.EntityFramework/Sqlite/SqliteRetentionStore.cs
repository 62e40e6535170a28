using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteRetentionStore(SqliteDatabase database) : RetentionStore
{
    internal const string OfContact = """
        SELECT r.key FROM fd_recipients r JOIN fd_executions e ON e.number = r.execution
        WHERE r.contact_id = $1 AND r.execution > $2 AND e.organization_id = $3 ORDER BY r.execution LIMIT $4
        """;

    public override Task<RecipientTrace> FindRecipientsAsync(
        string organizationId, ContactId contact, string? position, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            var keys = new List<long>();
            using (var row = session[OfContact].Read(contact.Value, position is null ? 0 : int.Parse(position, CultureInfo.InvariantCulture), organizationId, TracePage))
            {
                while (row.Read())
                {
                    keys.Add(row.Int64(0));
                }
            }

            var found = keys.ConvertAll(key => SqliteRecipientStore.ReadOne(session, SqliteExecutionHead.Find(session, PackedKey.Parent(key))!, key)!);
            return Trace(found);
        },
        cancellationToken);

    public override Task<int> EraseUploadRowsAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            session["""
                UPDATE fd_uploads SET sample = '[]'
                WHERE organization_id = $1 AND EXISTS (SELECT 1 FROM fd_upload_rows r WHERE r.upload = number AND r.contact_id = $2)
                """].Run(organizationId, contact.Value);
            return session["DELETE FROM fd_upload_rows WHERE contact_id = $2 AND upload IN (SELECT number FROM fd_uploads WHERE organization_id = $1)"].Run(organizationId, contact.Value);
        },
        cancellationToken);

    public override Task EraseConversationsAsync(ContactId contact, IReadOnlyCollection<string> channels, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var forget = session["DELETE FROM fd_conversations WHERE channel_id = $1 AND contact_id = $2"];
            return channels.Sum(channel => forget.Run(channel, contact.Value));
        },
        cancellationToken);

    public override Task<bool> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            if (SqliteContactStore.ById(session, organizationId, contact) is not { } known)
            {
                return false;
            }

            new SqliteErased(session, organizationId).Keep(known);

            // What claims know it by from now on, also where somebody added the person anew after it was deleted.
            ContactRow.Write(session, known, known with { DeletedAt = known.DeletedAt ?? known.UpdatedAt });
            return session["DELETE FROM fd_contacts WHERE organization_id = $1 AND id = $2"].Run(organizationId, contact.Value) != 0;
        },
        cancellationToken);

    protected override Task<PruneStep> StepAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(session => SqlitePruning.Step(session, endedBefore, organizationId, limit), cancellationToken);

    protected override Task<IReadOnlyList<RecipientId>> EraseAsync(IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<RecipientId>>(session => [.. recipients.Where(id => !Erase(session, id))], cancellationToken);

    protected override Task<IReadOnlyList<InboxEntry>> InboxAsync(long after, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<InboxEntry>>(
        session =>
        {
            var entries = new List<InboxEntry>();
            using var row = session["SELECT id, event, received_at, tries FROM fd_inbox WHERE id > $1 ORDER BY id LIMIT $2"].Read(after, limit);
            while (row.Read())
            {
                entries.Add(SqliteInboxStore.Entry(row));
            }

            return entries;
        },
        cancellationToken);

    // False where its run has not ended.
    private static bool Erase(SqliteSession session, RecipientId id)
    {
        var key = PackedKey.Of(id.ExecutionNumber, id.Ordinal);
        if (SqliteExecutionHead.Find(session, id.ExecutionNumber) is not { } execution || execution.RecipientAt(id.Ordinal) != id)
        {
            return true;
        }

        if (session["SELECT open FROM fd_recipients WHERE key = $1"].Number(key) != 0)
        {
            return false;
        }

        session[RetentionSql.EraseRows + "key = $1"].Run(key);
        session[RetentionSql.EraseHistory + "recipient = $1"].Run(key);
        return true;
    }
}
