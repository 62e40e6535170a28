using FlowDispatch.Contacts;
using FlowDispatch.Uploads;

namespace FlowDispatch.Storage;

/// <summary>Keeps uploads and their rows.</summary>
public interface IUploadStore
{
    /// <summary>Keeps the upload's head; an audience sees it only once <see cref="CompleteAsync"/> was called.</summary>
    Task CreateAsync(Upload upload, CancellationToken cancellationToken = default);

    /// <summary>Adds rows; a row whose contact is in the upload already is left out.</summary>
    /// <param name="id">An upload that is not complete.</param>
    /// <param name="rows">At most 1,000, by line.</param>
    /// <param name="cancellationToken">Gives up with nothing added.</param>
    /// <returns>The lines that were left out as duplicates.</returns>
    Task<IReadOnlyList<int>> AppendAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken = default);

    /// <summary>Keeps the final head.</summary>
    Task CompleteAsync(Upload upload, CancellationToken cancellationToken = default);

    /// <summary>A complete upload; null when there is none.</summary>
    Task<Upload?> FindAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default);

    /// <summary>Deletes an upload and its rows, complete or not; false when there is none. The contacts stay.</summary>
    Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default);

    /// <summary>The rows by line, those after <paramref name="afterLine"/>, at most <paramref name="limit"/> (1 to 10,000).</summary>
    Task<IReadOnlyList<UploadRow>> ReadRowsAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken = default);

    /// <summary>The rows of these people, in any order; whoever is not in the upload has none.</summary>
    /// <param name="id">The upload; an unknown one has no rows.</param>
    /// <param name="contacts">At most 1,000, each once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<UploadRow>> FindRowsAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default);
}
