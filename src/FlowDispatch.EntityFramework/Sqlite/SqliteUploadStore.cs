using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Uploads;
using FlowDispatch.Uploads;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteUploadStore(SqliteDatabase database) : UploadStore(database)
{
    public override Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var number = (int)session["DELETE FROM fd_uploads WHERE id = $1 AND organization_id = $2 RETURNING number"].Number(id.Value, organizationId);
            session["DELETE FROM fd_upload_rows WHERE key >= $1 AND key <= $2"].Run(PackedKey.Of(number, 0), PackedKey.Of(number, int.MaxValue));
            return number != 0;
        },
        cancellationToken);

    protected override Task<IReadOnlyList<int>> InsertAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<int>>(
            session =>
            {
                var upload = (int)session["SELECT number FROM fd_uploads WHERE id = $1 AND complete = 0"].Number(id.Value);
                if (upload == 0)
                {
                    throw NotOpen(id);
                }

                var insert = session["""
                    INSERT INTO fd_upload_rows (key, upload, contact_id, fields) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (upload, contact_id) DO NOTHING
                    """];
                return
                [
                    .. rows
                        .Where(row => insert.Run(PackedKey.Of(upload, row.Line), upload, row.ContactId.Value, FieldValues.ToJson(row.Values)) == 0)
                        .Select(row => row.Line),
                ];
            },
            cancellationToken);

    protected override Task<IReadOnlyList<UploadRow>> ReadAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UploadRow>>(
            session =>
            {
                var rows = new List<UploadRow>();
                var upload = (int)session["SELECT number FROM fd_uploads WHERE id = $1"].Number(id.Value);
                using var row = session["SELECT key, contact_id, fields FROM fd_upload_rows WHERE key > $1 AND key <= $2 ORDER BY key LIMIT $3"]
                    .Read(PackedKey.Of(upload, afterLine), PackedKey.Of(upload, int.MaxValue), limit);
                while (row.Read())
                {
                    rows.Add(new(PackedKey.Place(row.Int64(0)), new(row.Id(1)), FieldValues.Parse(row.Text(2))));
                }

                return rows;
            },
            cancellationToken);

    protected override Task<IReadOnlyList<UploadRow>> ReadAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UploadRow>>(
            session =>
            {
                var rows = new List<UploadRow>(contacts.Count);
                var upload = (int)session["SELECT number FROM fd_uploads WHERE id = $1"].Number(id.Value);
                var find = session["SELECT key, fields FROM fd_upload_rows WHERE upload = $1 AND contact_id = $2"];
                foreach (var contact in contacts)
                {
                    using var row = find.Read(upload, contact.Value);
                    if (row.Read())
                    {
                        rows.Add(new(PackedKey.Place(row.Int64(0)), contact, FieldValues.Parse(row.Text(1))));
                    }
                }

                return rows;
            },
            cancellationToken);
}
