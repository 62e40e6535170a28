using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Claims;

/// <summary>Writes of a node under its lease, all in one script.</summary>
/// <remarks>
/// The node decided on rows as it claimed them, and in nearly all cases they are still so: then one round trip checks the
/// lease, the commit's number and every row, and writes. Where a receipt was faster the script writes nothing and says
/// whose rows changed; these are read, decided anew, and all is tried again. The commit that follows may have been sent
/// by then: it is refused, waits for this one, and is sent again. Where Redis lost a commit that it had answered (a failover,
/// or a machine that failed), nothing brings that back: the lease is given up.
/// </remarks>
internal sealed class DispatchCommits(RedisConnection connection, ExecutionHeads heads, ChannelIndex channels)
{
    private static readonly RedisScript CommitScript = RedisScript.Load("rows", "commit");

    // Of each lease this process holds; the engine releases every lease, also one that has ended.
    private readonly ConcurrentDictionary<long, Commits> _commits = new();

    /// <summary>The lease has ended; nothing more is written under it.</summary>
    public void Forget(DispatchLease lease) => _commits.TryRemove(lease.Token, out _);

    public async Task<bool> WriteAsync(DispatchLease lease, DispatchCommit commit, CancellationToken cancellationToken)
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var commits = _commits.GetOrAdd(lease.Token, static _ => new());
        var before = Interlocked.Exchange(ref commits.Last, made.Task);
        try
        {
            var written = await WriteAsync(lease, commit, commits, before, cancellationToken).ConfigureAwait(false);
            if (written)
            {
                commits.Answer(commit.Number);
            }

            return written;
        }
        finally
        {
            made.SetResult();
        }
    }

    private async Task<bool> WriteAsync(DispatchLease lease, DispatchCommit commit, Commits commits, Task before, CancellationToken cancellationToken)
    {
        if (await heads.FindAsync(lease.ExecutionNumber).ConfigureAwait(false) is not { } head)
        {
            return false;
        }

        RowReader? reread = null;
        HashSet<int> lost = [];
        while (true)
        {
            var first = before.IsCompleted;
            var arguments = Arguments(lease, commit, lost, reread, out var writes);
            var indexed = channels.AddAsync(head, writes.Messages);
            if (connection.IsCluster)
            {
                await indexed.ConfigureAwait(false);
            }

            // One server takes both in the order in which they are sent, so that nothing need be waited for in between. If only
            // the second is made, this call fails, and the same commit made again brings the first.
            var writing = connection.RunAsync(CommitScript, connection.Root(head.Number), arguments, cancellationToken);
            await Task.WhenAll(indexed, writing).ConfigureAwait(false);
            var answer = (RedisResult[])(await writing.ConfigureAwait(false))!;
            switch ((int)answer[0])
            {
                case 0:
                    return false;
                case 1:
                    return true;
                case 3 when !first:
                    await before.ConfigureAwait(false);
                    continue;
                case 3 when commit.Follows <= commits.Answered:
                    return false;
                case 3:
                    throw new CommitOutOfTurnException(commit.Number, commit.Follows);
            }

            lost.UnionWith(((RedisValue[])answer[1]!).Select(o => (int)o));
            reread = await RowReader.ReadAsync(connection, head, lost).ConfigureAwait(false);
        }
    }

    private ScriptArguments Arguments(DispatchLease lease, DispatchCommit commit, HashSet<int> lost, RowReader? reread, out RowWrites writes)
    {
        writes = new();
        var record = new RecordWriter();
        var made = new List<RecipientChange>();
        var changes = ByPerson(commit.Changes);
        for (var at = 0; at < changes.Count;)
        {
            // Nearly always each is somebody else's. Two of one person are answers to two attempts, of which a receipt took the first for failed.
            var ordinal = changes[at].Claimed.Id.Ordinal;
            var behind = at + 1;
            while (behind < changes.Count && changes[behind].Claimed.Id.Ordinal == ordinal)
            {
                behind++;
            }

            var changed = lost.Contains(ordinal);
            var before = changed ? reread!.Row(ordinal) : changes[behind - 1].Claimed;
            made.Clear();
            for (; at < behind; at++)
            {
                made.Add(changes[at].Decide(made.Count == 0 ? before : made[^1].After));
            }

            writes.Add(before, changed ? reread!.State(ordinal) : RecipientState.WriteClaimed(record, before), CollectionsMarshal.AsSpan(made));
        }

        var arguments = new ScriptArguments(connection, 64 + (3 * commit.Changes.Count)).Add(lease.Token).Add(commit.Number).Add(commit.Follows).AddList(Runs(commit.Marks));
        writes.AddTo(arguments, packed: true);
        return arguments;
    }

    // First and last of each run of neighbours.
    private static List<RedisValue> Runs(IReadOnlyList<int> marks)
    {
        var runs = new List<RedisValue>();
        var last = -2;
        foreach (var ordinal in marks.Order())
        {
            if (ordinal == last + 1)
            {
                runs[^1] = ordinal;
            }
            else
            {
                runs.Add(ordinal);
                runs.Add(ordinal);
            }

            last = ordinal;
        }

        return runs;
    }

    // Each person's together, in their order. They come in the order of their claims where senders are quick.
    private static IReadOnlyList<ClaimedChange> ByPerson(IReadOnlyList<ClaimedChange> changes)
    {
        for (var i = 1; i < changes.Count; i++)
        {
            if (changes[i].Claimed.Id.Ordinal < changes[i - 1].Claimed.Id.Ordinal)
            {
                return [.. changes.OrderBy(c => c.Claimed.Id.Ordinal)];
            }
        }

        return changes;
    }

    /// <summary>What this process knows of the commits of a lease.</summary>
    private sealed class Commits
    {
        /// <summary>The one asked for last.</summary>
        public Task Last = Task.CompletedTask;

        private long _answered;

        /// <summary>The number of the last one that was answered as made.</summary>
        public long Answered => Volatile.Read(ref _answered);

        public void Answer(long number)
        {
            long known;
            while ((known = Answered) < number && Interlocked.CompareExchange(ref _answered, number, known) != known)
            {
                // Another was answered in between: look again.
            }
        }
    }
}
