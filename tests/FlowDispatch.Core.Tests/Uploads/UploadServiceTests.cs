using FlowDispatch.Contacts;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Uploads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Tests.Uploads;

public sealed class UploadServiceTests
{
    private const string Org = "org-1";

    private readonly FakeTimeProvider _clock = new();
    private readonly WatchedStore _store;
    private readonly UploadService _service;

    public UploadServiceTests()
    {
        _store = new(new InMemoryStore(_clock));
        _service = new(_store, new(new("BR")), _clock, NullLogger<UploadService>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_seen_once_it_is_complete()
    {
        var upload = await ImportAsync(Numbers(1_500));

        Assert.Equal((1_500, 1_500), (upload.Rows, upload.Accepted));
        Assert.NotNull(await _store.FindAsync(Org, upload.Id, Cancellation));
        Assert.Equal(1_500, (await _store.ReadRowsAsync(upload.Id, 0, 10_000, Cancellation)).Count);
        Assert.Equal([1_000, 500], _store.Appended);
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_no_audience()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        _store.OnAppend = source.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImportAsync(Numbers(100_000), source.Token));

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_store_that_fails_on_the_way_leaves_no_audience()
    {
        _store.OnAppend = () => throw new IOException("gone");

        await Assert.ThrowsAsync<IOException>(() => ImportAsync(Numbers(10)));

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_text_that_can_not_be_read_on_leaves_no_audience()
    {
        await Assert.ThrowsAsync<ContactFileException>(() => ImportAsync(Numbers(1_000) + "\"" + new string('x', 300_000)));

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task The_error_that_ended_it_is_told_even_where_nothing_can_be_removed()
    {
        _store.OnAppend = () => throw new IOException("gone");
        _store.OnDelete = () => throw new TimeoutException("gone, too");

        await Assert.ThrowsAsync<IOException>(() => ImportAsync(Numbers(10)));

        Assert.Null(await _store.FindAsync(Org, _store.Created!.Value, Cancellation));
    }

    [Fact]
    public async Task A_deleted_contact_stays_deleted_and_in_the_audience()
    {
        var contact = (await _store.Contacts.UpsertAsync(Org, [new() { WhatsAppId = "5511900000000" }], ContactUpdateMode.Fill, revive: false, Cancellation))[0].Contact;
        await _store.Contacts.UpdateAsync(Org, contact.Id, c => c with { DeletedAt = _clock.GetUtcNow() }, Cancellation);

        var upload = await ImportAsync(Numbers(2));

        Assert.Equal(2, upload.Accepted);
        Assert.NotNull(Assert.Single(await _store.Contacts.FindAsync(Org, [contact.Id], Cancellation)).DeletedAt);
    }

    private static string Numbers(int count) => "phone\n" + string.Concat(Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"55119{i:D8}\n")));

    private Task<Upload> ImportAsync(string text, CancellationToken? cancellation = null) =>
        _service.ImportAsync(Org, new StringReader(text), new ContactFileOptions(), ContactUpdateMode.Fill, cancellation ?? Cancellation);

    private async Task NothingIsLeftAsync()
    {
        Assert.Null(await _store.FindAsync(Org, _store.Created!.Value, Cancellation));
        Assert.False(await _store.DeleteAsync(Org, _store.Created!.Value, Cancellation));
    }

    /// <summary>A store that tells what an import asks of it, and can fail.</summary>
    private sealed class WatchedStore(IStore inner) : IStore, IUploadStore
    {
        public UploadId? Created { get; private set; }

        public List<int> Appended { get; } = [];

        public Action? OnAppend { get; set; }

        public Action? OnDelete { get; set; }

        public IContactStore Contacts => inner.Contacts;

        public IUploadStore Uploads => this;

        public IFlowStore Flows => inner.Flows;

        public IAutomationStore Automations => inner.Automations;

        public IExecutionStore Executions => inner.Executions;

        public IRecipientStore Recipients => inner.Recipients;

        public IClaimStore Claims => inner.Claims;

        public ILimitStore Limits => inner.Limits;

        public IInboxStore Inbox => inner.Inbox;

        public IReceiverStore Receivers => inner.Receivers;

        public IRetentionStore Retention => inner.Retention;

        public Task MigrateAsync(CancellationToken cancellationToken = default) => inner.MigrateAsync(cancellationToken);

        public Task<string?> CheckAsync(CancellationToken cancellationToken = default) => inner.CheckAsync(cancellationToken);

        public Task CreateAsync(Upload upload, CancellationToken cancellationToken = default)
        {
            Created = upload.Id;
            return inner.Uploads.CreateAsync(upload, cancellationToken);
        }

        public Task<IReadOnlyList<int>> AppendAsync(UploadId id, IReadOnlyList<UploadRow> rows, CancellationToken cancellationToken = default)
        {
            OnAppend?.Invoke();
            Appended.Add(rows.Count);
            return inner.Uploads.AppendAsync(id, rows, cancellationToken);
        }

        public Task CompleteAsync(Upload upload, CancellationToken cancellationToken = default) => inner.Uploads.CompleteAsync(upload, cancellationToken);

        public Task<Upload?> FindAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default) =>
            inner.Uploads.FindAsync(organizationId, id, cancellationToken);

        public Task<bool> DeleteAsync(string organizationId, UploadId id, CancellationToken cancellationToken = default)
        {
            OnDelete?.Invoke();
            return inner.Uploads.DeleteAsync(organizationId, id, cancellationToken);
        }

        public Task<IReadOnlyList<UploadRow>> ReadRowsAsync(UploadId id, int afterLine, int limit, CancellationToken cancellationToken = default) =>
            inner.Uploads.ReadRowsAsync(id, afterLine, limit, cancellationToken);

        public Task<IReadOnlyList<UploadRow>> FindRowsAsync(UploadId id, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default) =>
            inner.Uploads.FindRowsAsync(id, contacts, cancellationToken);
    }
}
