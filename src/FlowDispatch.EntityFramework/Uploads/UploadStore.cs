using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Storage;
using FlowDispatch.Uploads;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Uploads;

internal sealed class UploadStore(SqliteDatabase database) : IUploadStore
{
    public Task CreateAsync(Upload upload, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var entity = new UploadEntity();
            entity.Take(upload);
            session.Context.Add(entity);
            return session.Context.SaveChanges();
        },
        cancellationToken);

    public Task<IReadOnlyList<int>> AppendAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(rows.Count, 1_000, nameof(rows));
        return database.WriteAsync<IReadOnlyList<int>>(
            session =>
            {
                var upload = (int)session["SELECT number FROM fd_uploads WHERE id = $1 AND complete = 0"].Number(id.Value);
                if (upload == 0)
                {
                    throw new InvalidOperationException($"Upload {id} is complete or was deleted; rows are added before it is completed.");
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
    }

    public Task CompleteAsync(Upload upload, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var entity = session.Context.Set<UploadEntity>().Single(u => u.Id == upload.Id.Value);
            entity.Take(upload);
            entity.Complete = true;
            return session.Context.SaveChanges();
        },
        cancellationToken);

    public Task<Upload?> FindAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default) => database.ReadAsync(
        session => session.Context.Set<UploadEntity>().AsNoTracking()
            .SingleOrDefault(u => u.Id == id.Value && u.OrganizationId == organizationId && u.Complete)?.ToUpload(),
        cancellationToken);

    public Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var number = (int)session["DELETE FROM fd_uploads WHERE id = $1 AND organization_id = $2 RETURNING number"].Number(id.Value, organizationId);
            session["DELETE FROM fd_upload_rows WHERE key >= $1 AND key <= $2"].Run(PackedKey.Of(number, 0), PackedKey.Of(number, int.MaxValue));
            return number != 0;
        },
        cancellationToken);

    public Task<IReadOnlyList<UploadRow>> ReadRowsAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterLine);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        return database.ReadAsync<IReadOnlyList<UploadRow>>(
            session =>
            {
                var rows = new List<UploadRow>();
                var upload = (int)session["SELECT number FROM fd_uploads WHERE id = $1"].Number(id.Value);
                using var row = session["SELECT key, contact_id, fields FROM fd_upload_rows WHERE key > $1 AND key <= $2 ORDER BY key LIMIT $3"]
                    .Read(PackedKey.Of(upload, afterLine), PackedKey.Of(upload, int.MaxValue), limit);
                while (row.Read())
                {
                    rows.Add(new(PackedKey.Place(row.GetInt64(0)), new(row.Id(1)), FieldValues.Parse(row.GetString(2))));
                }

                return rows;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<UploadRow>> FindRowsAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        return database.ReadAsync<IReadOnlyList<UploadRow>>(
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
                        rows.Add(new(PackedKey.Place(row.GetInt64(0)), contact, FieldValues.Parse(row.GetString(1))));
                    }
                }

                return rows;
            },
            cancellationToken);
    }
}
