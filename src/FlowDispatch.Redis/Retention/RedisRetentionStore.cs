using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Contacts;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Inbox;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Uploads;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Retention;

internal sealed class RedisRetentionStore(RedisConnection connection, ExecutionHeads heads, ChannelIndex channels) : IRetentionStore
{
    private const int UploadsAtOnce = 100;

    private static readonly RedisScript UploadScript = RedisScript.Load("upload_erase");
    private static readonly RedisScript ContactScript = RedisScript.Load("contact_erase");
    private static readonly RedisScript InboxScript = RedisScript.Load("inbox_page");

    private readonly RedisPruning _pruning = new(connection, heads, channels);
    private readonly RecipientErasing _erasing = new(connection, heads);
    private readonly ErasedNumbers _numbers = new(connection);

    public Task<PruneStep> PruneAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 25);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        return _pruning.StepAsync(endedBefore, organizationId, limit, cancellationToken);
    }

    public Task<RecipientTrace> FindRecipientsAsync(string organizationId, ContactId contact, string? position, CancellationToken cancellationToken = default) =>
        _erasing.FindAsync(organizationId, contact, position, cancellationToken);

    public async Task<IReadOnlyList<RecipientId>> EraseRecipientsAsync(IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(recipients.Count, 500, nameof(recipients));
        var left = new List<RecipientId>();
        foreach (var execution in recipients.GroupBy(r => r.ExecutionNumber))
        {
            left.AddRange(await _erasing.EraseAsync(execution.Key, execution, cancellationToken).ConfigureAwait(false));
        }

        return left;
    }

    public async Task<int> EraseUploadRowsAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var erased = 0;
        RedisValue[] uploads = [];
        do
        {
            uploads = await database.SortedSetRangeByValueAsync(
                RedisUploadStore.Names(connection, organizationId), uploads.Length == 0 ? default : uploads[^1], default, Exclude.Start, Order.Ascending, 0, UploadsAtOnce).ConfigureAwait(false);
            var rows = await Task.WhenAll(uploads.Select(async id => (int)await connection.RunAsync(
                UploadScript, connection.Root("u:" + id), new ScriptArguments(connection).Add(Key(contact)), cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
            erased += rows.Sum();
        }
        while (uploads.Length == UploadsAtOnce);

        return erased;
    }

    public async Task<InboxPart> ReadRepliesAsync(string? position, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000);
        var (at, id) = position?.Split(':') is [var instant, var last] ? (instant, last) : ("", "");
        var places = (RedisValue[])(await connection.RunAsync(
            InboxScript, connection.Inbox, new ScriptArguments(connection).Add(at).Add(id).Add(limit), cancellationToken).ConfigureAwait(false))!;
        var entries = await RedisInboxStore.FindAsync(connection, [.. places.Where((_, i) => i % 2 == 0)]).ConfigureAwait(false);
        return new([.. entries.Where(e => e.Event is InboundEvent.Reply)], places.Length == 2 * limit ? string.Create(CultureInfo.InvariantCulture, $"{places[^1]}:{places[^2]}") : null);
    }

    public Task EraseConversationsAsync(ContactId contact, IReadOnlyCollection<string> channels, CancellationToken cancellationToken = default) =>
        Task.WhenAll(channels.Select(async channel =>
        {
            var database = await connection.DatabaseAsync().ConfigureAwait(false);
            await database.HashDeleteAsync(connection.Root("c:" + channel).Append("conversations"), Key(contact)).ConfigureAwait(false);
        }));

    public async Task<bool> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var root = connection.Root("o:" + organizationId);
        while (true)
        {
            var record = await database.HashGetAsync(root.Append("contacts"), Key(contact)).ConfigureAwait(false);
            if (record.IsNull)
            {
                return false;
            }

            var known = ContactRecords.Read(organizationId, contact, (byte[])record!);
            var digest = await _numbers.DigestAsync(organizationId, known.WhatsAppId).ConfigureAwait(false);
            var arguments = new ScriptArguments(connection).Add(Key(contact)).Add(record).Add(known.WhatsAppId).Add(digest).Add(KeptSuppression.Of(known).Code);
            if ((int)await connection.RunAsync(ContactScript, root, arguments, cancellationToken).ConfigureAwait(false) == 1)
            {
                return true;
            }
        }
    }

    private static RedisValue Key(ContactId id) => id.Value.ToByteArray(bigEndian: true);
}
