using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Contacts;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Claims;

internal sealed class RedisClaimStore(RedisConnection connection, ExecutionHeads heads, OpenExecutions open, ChannelIndex channels) : IClaimStore
{
    private static readonly RedisScript ClaimScript = RedisScript.Load("rows", "claim");
    private static readonly RedisScript CloseScript = RedisScript.Load("close");
    private static readonly RedisScript SuppressionScript = RedisScript.Load("suppression");

    private readonly DispatchLeases _leases = new(connection, heads, open, channels);
    private readonly DispatchCommits _commits = new(connection, heads, channels);
    private readonly ControlReader _control = new(connection, heads, open);

    public Task<ControlState> ReadControlAsync(long suppressionsAfter, CancellationToken cancellationToken = default) =>
        _control.ReadAsync(suppressionsAfter, cancellationToken);

    public Task<DispatchBacklog> ReadBacklogAsync(CancellationToken cancellationToken = default) => _control.ReadBacklogAsync();

    public Task<DispatchLease?> LeaseAsync(int executionNumber, string node, int slots, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return _leases.TakeAsync(executionNumber, slots, duration, cancellationToken);
    }

    public async Task<IReadOnlyList<WorkItem>> ClaimAsync(DispatchLease lease, int limit, ClaimScope scope = ClaimScope.Any, bool conversations = true, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        if (await heads.FindAsync(lease.ExecutionNumber).ConfigureAwait(false) is not { } head)
        {
            return [];
        }

        var answer = (RedisResult[])(await connection.RunAsync(
            ClaimScript,
            connection.Root(head.Number),
            new ScriptArguments(connection).Add(lease.Token).Add(limit).Add((int)scope),
            cancellationToken).ConfigureAwait(false))!;
        return answer.Length == 0 ? [] : await ItemsAsync(head, answer, conversations).ConfigureAwait(false);
    }

    public async Task<IReadOnlyCollection<long>> RenewAsync(IReadOnlyCollection<long> tokens, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var renewed = await Task.WhenAll(tokens.Select(async t => (Token: t, Held: await _leases.RenewAsync(t, duration).ConfigureAwait(false)))).ConfigureAwait(false);
        return [.. renewed.Where(r => r.Held).Select(r => r.Token)];
    }

    public Task<bool> CommitAsync(DispatchLease lease, DispatchCommit commit, CancellationToken cancellationToken = default) =>
        _commits.WriteAsync(lease, commit, cancellationToken);

    public async Task ReleaseAsync(DispatchLease lease, CancellationToken cancellationToken = default)
    {
        _commits.Forget(lease);
        if (await heads.FindAsync(lease.ExecutionNumber).ConfigureAwait(false) is { } head)
        {
            await _leases.EndAsync(head, lease.Token, onlyEnded: false).ConfigureAwait(false);
        }
    }

    public Task<int> RecoverAsync(CancellationToken cancellationToken = default) => _leases.SweepAsync();

    public async Task<bool> TryCloseAsync(int executionNumber, CancellationToken cancellationToken = default) =>
        (int)await connection.RunAsync(CloseScript, connection.Root(executionNumber), new(connection), cancellationToken).ConfigureAwait(false) == 1;

    public async Task<int> CancelOpenAsync(int executionNumber, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        if (await heads.FindAsync(executionNumber).ConfigureAwait(false) is not { } head)
        {
            return 0;
        }

        // A lease that is over but not yet swept has people in doubt: they are none of those to be cancelled.
        await _leases.SweepAsync(executionNumber).ConfigureAwait(false);
        return await OpenRowsCancelling.CloseAsync(connection, head, limit).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<WorkItem>> ItemsAsync(ExecutionHead head, RedisResult[] answer, bool withConversations)
    {
        var due = (RedisValue[])answer[0]!;
        var slices = (RedisValue[])answer[1]!;
        var leftOut = ((RedisValue[])answer[2]!).Select(o => (int)o).ToHashSet();
        var chunks = RowChunk.ReadAll(head, (RedisResult[])answer[3]!);
        var rows = due.Select(d => (Row: Row((int)d), FromQueue: true)).ToList();
        for (var i = 0; i + 1 < slices.Length; i += 2)
        {
            for (var ordinal = (int)slices[i]; ordinal <= (int)slices[i + 1]; ordinal++)
            {
                if (!leftOut.Contains(ordinal))
                {
                    rows.Add((Row(ordinal), FromQueue: false));
                }
            }
        }

        if (rows.Count == 0)
        {
            return [];
        }

        var contacts = rows.ConvertAll(r => (RedisValue)r.Row.ContactId.Value.ToByteArray(bigEndian: true));
        var conversations = withConversations ? Conversations.ReadAsync(connection, head.ChannelId, contacts) : null;
        var suppressions = (byte[])(await connection.RunAsync(
            SuppressionScript, connection.Root("o:" + head.OrganizationId), new ScriptArguments(connection, contacts.Count + 2).AddList(contacts)).ConfigureAwait(false))!;
        var known = conversations is null ? null : await conversations.ConfigureAwait(false);
        var items = new WorkItem[rows.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = new(rows[i].Row, (ContactSuppression)(suppressions[i] - '0'), known?[i]?.At, rows[i].FromQueue);
        }

        return items;

        FlowDispatch.Recipients.Recipient Row(int ordinal) => chunks[ordinal / RowChunk.Size].Row(ordinal);
    }
}
