using FlowDispatch.Contacts;
using FlowDispatch.Uploads;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryUploads(Tables tables) : IUploadStore
{
    public Task CreateAsync(Upload upload, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            tables.Uploads.Add(upload.Id, new(upload));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<int>> AppendAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, 1_000, nameof(rows));
        lock (tables.Gate)
        {
            var entry = tables.Uploads[id];
            var duplicates = new List<int>();
            foreach (var row in rows)
            {
                if (entry.People.TryAdd(row.ContactId, row))
                {
                    entry.Rows.Add(row);
                }
                else
                {
                    duplicates.Add(row.Line);
                }
            }

            return Task.FromResult<IReadOnlyList<int>>(duplicates);
        }
    }

    public Task CompleteAsync(Upload upload, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var entry = tables.Uploads[upload.Id];
            entry.Upload = upload;
            entry.Complete = true;
        }

        return Task.CompletedTask;
    }

    public Task<Upload?> FindAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(
                tables.Uploads.TryGetValue(id, out var entry) && entry.Complete && entry.Upload.OrganizationId == organizationId ? entry.Upload : null);
        }
    }

    public Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(
                tables.Uploads.TryGetValue(id, out var entry) && entry.Upload.OrganizationId == organizationId && tables.Uploads.Remove(id));
        }
    }

    public Task<IReadOnlyList<UploadRow>> ReadRowsAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<UploadRow>>(
                tables.Uploads.TryGetValue(id, out var entry) ? [.. entry.Rows.SkipWhile(r => r.Line <= afterLine).Take(limit)] : []);
        }
    }

    public Task<IReadOnlyList<UploadRow>> FindRowsAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contacts.Count, 1_000, nameof(contacts));
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<UploadRow>>(
                tables.Uploads.TryGetValue(id, out var entry) ? [.. contacts.Where(entry.People.ContainsKey).Select(c => entry.People[c])] : []);
        }
    }
}
