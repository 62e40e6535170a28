using System.Diagnostics.CodeAnalysis;
using FlowDispatch.Contacts;
using FlowDispatch.Diagnostics;
using FlowDispatch.Storage;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Uploads;

/// <summary>Takes uploaded lists in: makes or finds the contacts and keeps the rows as an audience.</summary>
/// <param name="store">Where contacts and uploads are kept.</param>
/// <param name="reader">Reads the texts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of what could not be cleaned up.</param>
public sealed class UploadService(IStore store, ContactFileReader reader, TimeProvider time, ILogger<UploadService> logger)
{
    private const int BatchSize = 1_000;

    /// <summary>Takes in text whose encoding nobody named, as it arrives, in bounded memory.</summary>
    /// <remarks>
    /// An upload that ends early, by an error, a crash or because the caller gave up, is no audience, and its rows are removed
    /// where that is still possible; the contacts that it made stay. A deleted contact stays deleted: its row is kept, and it
    /// is skipped when the audience is sent to.
    /// </remarks>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="body">The bytes; read forward only, and left open.</param>
    /// <param name="layout">How they are laid out.</param>
    /// <param name="mode">What happens to contacts that are known already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ContactFileException">It is no text, has no usable header, or can't be read beyond some line.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple overloads with optional parameters", Justification = "Told apart by what they read: a stream or characters.")]
    public async Task<Upload> ImportAsync(
        string organizationId, Stream body, ContactFileOptions layout, ContactUpdateMode mode, CancellationToken cancellationToken = default) =>
        await ImportAsync(
            organizationId, await reader.OpenAsync(body, layout, cancellationToken).ConfigureAwait(false), mode, cancellationToken).ConfigureAwait(false);

    /// <summary>The same for text that is decoded already.</summary>
    /// <inheritdoc cref="ImportAsync(string, Stream, ContactFileOptions, ContactUpdateMode, CancellationToken)"/>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="text">The text; read forward only, and left open.</param>
    /// <param name="layout">How it is laid out.</param>
    /// <param name="mode">What happens to contacts that are known already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple overloads with optional parameters", Justification = "Told apart by what they read: a stream or characters.")]
    public async Task<Upload> ImportAsync(
        string organizationId, TextReader text, ContactFileOptions layout, ContactUpdateMode mode, CancellationToken cancellationToken = default) =>
        await ImportAsync(
            organizationId, await reader.OpenAsync(text, layout, cancellationToken).ConfigureAwait(false), mode, cancellationToken).ConfigureAwait(false);

    private async Task<Upload> ImportAsync(string organizationId, ContactFile file, ContactUpdateMode mode, CancellationToken cancellationToken)
    {
        var id = UploadId.New(time);
        var createdAt = time.GetUtcNow();
        var tally = new UploadTally(file.Columns);
        await store.Uploads.CreateAsync(tally.ToUpload(id, organizationId, createdAt), cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = new List<ContactRow>(BatchSize);
            await foreach (var row in file.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!tally.Add(row))
                {
                    continue;
                }

                batch.Add(row);
                if (batch.Count == BatchSize)
                {
                    await KeepAsync(organizationId, id, batch, mode, cancellationToken).ConfigureAwait(false);
                    batch.Clear();
                }
            }

            await KeepAsync(organizationId, id, batch, mode, cancellationToken).ConfigureAwait(false);
            var upload = tally.ToUpload(id, organizationId, createdAt);
            await store.Uploads.CompleteAsync(upload, cancellationToken).ConfigureAwait(false);
            return upload;
        }
        catch
        {
            await RemoveAsync(organizationId, id).ConfigureAwait(false);
            throw;
        }
    }

    private async Task KeepAsync(string organizationId, UploadId id, List<ContactRow> rows, ContactUpdateMode mode, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var upserts = rows.ConvertAll(r => new ContactUpsert { WhatsAppId = r.Number!, Name = r.Name, Email = r.Email, Language = r.Language });
        var kept = await store.Contacts.UpsertAsync(organizationId, upserts, mode, revive: false, cancellationToken).ConfigureAwait(false);
        await store.Uploads.AppendAsync(
            id, [.. rows.Select((r, i) => new UploadRow(r.Line, kept[i].Contact.Id, r.Values))], cancellationToken).ConfigureAwait(false);
    }

    private async Task RemoveAsync(string organizationId, UploadId id)
    {
        try
        {
            await store.Uploads.DeleteAsync(organizationId, id, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The error that ended the import is the one to tell; the rows left behind are seen by nobody.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.UploadNotRemoved(logger, error, id);
        }
    }
}
