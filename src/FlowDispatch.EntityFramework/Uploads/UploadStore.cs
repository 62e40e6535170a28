using FlowDispatch.Contacts;
using FlowDispatch.Storage;
using FlowDispatch.Uploads;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Uploads;

/// <summary>Uploads by ordinary queries; their rows are the provider's.</summary>
internal abstract class UploadStore(StoreDatabase database) : IUploadStore
{
    private const int MostRows = 1_000;
    private const int MostRead = 10_000;

    public Task CreateAsync(Upload upload, CancellationToken cancellationToken = default) => database.ChangeAsync(
        session =>
        {
            var entity = new UploadEntity();
            entity.Take(upload);
            session.Context.Add(entity);
            return session.Context.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);

    public Task<IReadOnlyList<int>> AppendAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(rows.Count, MostRows, nameof(rows));
        return InsertAsync(id, rows, cancellationToken);
    }

    public Task CompleteAsync(Upload upload, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            var entity = await session.Context.Set<UploadEntity>().SingleAsync(u => u.Id == upload.Id.Value, cancellationToken).ConfigureAwait(false);
            entity.Take(upload);
            entity.Complete = true;
            return await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<Upload?> FindAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session => (await session.Context.Set<UploadEntity>().AsNoTracking()
            .SingleOrDefaultAsync(u => u.Id == id.Value && u.OrganizationId == organizationId && u.Complete, cancellationToken).ConfigureAwait(false))?.ToUpload(),
        cancellationToken);

    public abstract Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default);

    public Task<IReadOnlyList<UploadRow>> ReadRowsAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterLine);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostRead);
        return ReadAsync(id, afterLine, limit, cancellationToken);
    }

    public Task<IReadOnlyList<UploadRow>> FindRowsAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, MostRows, nameof(contacts));
        return ReadAsync(id, contacts, cancellationToken);
    }

    protected static InvalidOperationException NotOpen(UploadId id) => new($"Upload {id} is complete or was deleted; rows are added before it is completed.");

    protected abstract Task<IReadOnlyList<int>> InsertAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken);

    protected abstract Task<IReadOnlyList<UploadRow>> ReadAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken);

    protected abstract Task<IReadOnlyList<UploadRow>> ReadAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken);
}
