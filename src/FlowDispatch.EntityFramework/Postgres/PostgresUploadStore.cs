using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Uploads;
using FlowDispatch.Uploads;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresUploadStore(PostgresDatabase database) : UploadStore(database)
{
    public override Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            var numbers = await session.ReadAsync(
                "DELETE FROM fd_uploads WHERE id = $1 AND organization_id = $2 RETURNING number", row => row.GetInt32(0), cancellationToken, id.Value, organizationId).ConfigureAwait(false);
            if (numbers.Count == 0)
            {
                return false;
            }

            var (first, last) = PackedKey.Range(numbers[0]);
            await session.RunAsync("DELETE FROM fd_upload_rows WHERE key >= $1 AND key <= $2", cancellationToken, first, last).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    protected override Task<IReadOnlyList<int>> InsertAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<int>>(
            async session =>
            {
                var numbers = await session.ReadAsync(
                    "SELECT number FROM fd_uploads WHERE id = $1 AND NOT complete FOR SHARE", row => row.GetInt32(0), cancellationToken, id.Value).ConfigureAwait(false);
                if (numbers.Count == 0)
                {
                    throw NotOpen(id);
                }

                var added = await session.ReadAsync(
                    """
                    INSERT INTO fd_upload_rows (key, upload, contact_id, fields)
                    SELECT key, $1, contact_id, fields FROM unnest($2, $3, $4) WITH ORDINALITY AS x(key, contact_id, fields, place) ORDER BY place
                    ON CONFLICT (upload, contact_id) DO NOTHING
                    RETURNING key
                    """,
                    row => PackedKey.Place(row.GetInt64(0)), cancellationToken,
                    numbers[0], rows.Select(r => PackedKey.Of(numbers[0], r.Line)).ToArray(), rows.Select(r => r.ContactId.Value).ToArray(),
                    rows.Select(r => (string?)FieldValues.ToJson(r.Values)).ToArray()).ConfigureAwait(false);
                var lines = added.ToHashSet();
                return [.. rows.Select(r => r.Line).Where(line => !lines.Contains(line))];
            },
            cancellationToken);

    protected override Task<IReadOnlyList<UploadRow>> ReadAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UploadRow>>(
            async session =>
            {
                var upload = await NumberAsync(session, id, cancellationToken).ConfigureAwait(false);
                return await session.ReadAsync(
                    "SELECT key, contact_id, fields FROM fd_upload_rows WHERE key > $1 AND key <= $2 ORDER BY key LIMIT $3",
                    row => new UploadRow(PackedKey.Place(row.GetInt64(0)), new(row.GetGuid(1)), FieldValues.Parse(row.GetString(2))), cancellationToken,
                    PackedKey.Of(upload, afterLine), PackedKey.Of(upload, int.MaxValue), limit).ConfigureAwait(false);
            },
            cancellationToken);

    protected override Task<IReadOnlyList<UploadRow>> ReadAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UploadRow>>(
            async session =>
            {
                var upload = await NumberAsync(session, id, cancellationToken).ConfigureAwait(false);
                return await session.PlanAsync(
                    "SELECT key, contact_id, fields FROM fd_upload_rows WHERE upload = $1 AND contact_id = ANY($2)",
                    row => new UploadRow(PackedKey.Place(row.GetInt64(0)), new(row.GetGuid(1)), FieldValues.Parse(row.GetString(2))), cancellationToken,
                    upload, contacts.Select(c => c.Value).ToArray()).ConfigureAwait(false);
            },
            cancellationToken);

    // 0 for an unknown one, which has no rows.
    private static async Task<int> NumberAsync(PostgresSession session, UploadId id, CancellationToken cancellationToken) =>
        (await session.ReadAsync("SELECT number FROM fd_uploads WHERE id = $1", row => row.GetInt32(0), cancellationToken, id.Value).ConfigureAwait(false)).SingleOrDefault();
}
