using System.Globalization;
using FlowDispatch.Executions;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Retention;

/// <summary>Prunes executions step by step over the slots they are spread over.</summary>
/// <remarks>
/// The name goes into "pruning" first, then the head is marked, which is the instant from which nobody reads the execution;
/// then its figures join those kept of its automation, in the script that takes it out of the listings: sums are taken over
/// the listings, so that they are right at every moment. Rows follow chunk by chunk, what leads to them in the channel's slot
/// before them. Every part can be done again, so that whoever comes next goes on wherever a process ended.
/// </remarks>
internal sealed class RedisPruning(RedisConnection connection, ExecutionHeads heads, ChannelIndex channels)
{
    private const int ChunksAtOnce = 40;
    private const int CandidatesAtOnce = 100;

    private static readonly RedisScript TakeScript = RedisScript.Load("prune_take");
    private static readonly RedisScript TotalsScript = RedisScript.Load("prune_totals");
    private static readonly RedisScript ReadScript = RedisScript.Load("rows", "prune_read");
    private static readonly RedisScript RowsScript = RedisScript.Load("prune_rows");
    private static readonly RedisScript EndScript = RedisScript.Load("prune_end");
    private static readonly RedisScript NamesScript = RedisScript.Load("prune_names");
    private static readonly RedisScript UnsentScript = RedisScript.Load("unsent");

    private static readonly List<RedisValue> Fields = [.. ExecutionFields.Names, "next"];

    private RedisKey Pruning => connection.Shared.Append("pruning");

    public async Task<PruneStep> StepAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        while (await database.SortedSetRangeByRankAsync(Pruning, 0, 0).ConfigureAwait(false) is [var begun])
        {
            switch (await TakeAsync((int)begun, null, null, cancellationToken).ConfigureAwait(false))
            {
                case { } taken:
                    return new(0, await GoOnAsync(taken, limit, cancellationToken).ConfigureAwait(false), Done: false);
                default:
                    // Gone altogether, or a process ended before it was taken away.
                    await database.SortedSetRemoveAsync(Pruning, begun).ConfigureAwait(false);
                    break;
            }
        }

        await foreach (var number in CandidatesAsync(endedBefore, organizationId).ConfigureAwait(false))
        {
            await database.SortedSetAddAsync(Pruning, number, number).ConfigureAwait(false);
            if (await TakeAsync(number, endedBefore, organizationId, cancellationToken).ConfigureAwait(false) is { } taken)
            {
                await SettleAsync(taken).ConfigureAwait(false);
                return new(taken.Fresh ? 1 : 0, 0, Done: false);
            }

            // It stays. Where somebody else took it away in between, the name is theirs and is put back.
            await database.SortedSetRemoveAsync(Pruning, number).ConfigureAwait(false);
            if (await TakeAsync(number, null, null, cancellationToken).ConfigureAwait(false) is not null)
            {
                await database.SortedSetAddAsync(Pruning, number, number).ConfigureAwait(false);
                return new(0, 0, Done: false);
            }
        }

        return new(0, 0, Done: true);
    }

    // Those known to have ended, first ended first; then those that nobody has taken out of the index of open ones yet.
    private async IAsyncEnumerable<int> CandidatesAsync(DateTimeOffset endedBefore, string? organizationId)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        RedisValue[] part;
        var seen = 0;
        do
        {
            part = await database.SortedSetRangeByScoreAsync(
                connection.Shared.Append("ended"), double.NegativeInfinity, Instant.Of(endedBefore), Exclude.Stop, Order.Ascending, seen, CandidatesAtOnce).ConfigureAwait(false);
            foreach (var number in await PrunableAsync(database, part, organizationId).ConfigureAwait(false))
            {
                yield return number;
            }

            seen += part.Length;
        }
        while (part.Length == CandidatesAtOnce);

        part = await database.SortedSetRangeByRankAsync(connection.Shared.Append("open")).ConfigureAwait(false);
        foreach (var number in await PrunableAsync(database, part, organizationId).ConfigureAwait(false))
        {
            yield return number;
        }
    }

    // Looked at together, so that those that stay for long, as people in doubt make them, cost next to nothing.
    private async Task<IEnumerable<int>> PrunableAsync(IDatabase database, RedisValue[] numbers, string? organizationId)
    {
        var standing = await Task.WhenAll(numbers.Select(n => database.HashGetAsync(heads.Key((int)n), ["status", "#in_doubt", "organization"]))).ConfigureAwait(false);
        return numbers.Zip(standing)
            .Where(e => !e.Second[0].IsNull && (int)e.Second[0] is 3 or 4 or 5 && (int)e.Second[1] == 0 && (organizationId is null || e.Second[2] == organizationId))
            .Select(e => (int)e.First);
    }

    private async Task<Taken?> TakeAsync(int number, DateTimeOffset? endedBefore, string? organizationId, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await connection.RunAsync(
            TakeScript,
            connection.Root(number),
            new ScriptArguments(connection).Add(Instant.OrEmpty(endedBefore)).Add(organizationId ?? RedisValue.EmptyString).AddList(Fields),
            cancellationToken).ConfigureAwait(false))!;
        if ((int)answer[0] == 2)
        {
            await ForgetAsync(number).ConfigureAwait(false);
        }

        if ((int)answer[0] != 1)
        {
            return null;
        }

        var values = (RedisValue[])answer[2]!;
        return new(ExecutionFields.Read(values), (int)answer[1] == 1, (int)values[ExecutionFields.PrunedAt], (int)values[^1]);
    }

    private async Task SettleAsync(Taken taken)
    {
        var execution = taken.Execution;
        await connection.RunAsync(
            TotalsScript,
            connection.Root("o:" + execution.OrganizationId),
            new ScriptArguments(connection).Add(execution.AutomationId.ToString()).Add(execution.Number).Add(execution.Snapshot.TestMode ? 1 : 0)
                .Add(execution.Id.ToString()).Add(Instant.Of(execution.CreatedAt)).AddList(CounterFields.Differences(execution.Counters))).ConfigureAwait(false);
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.KeyDeleteAsync(heads.NumberKey(execution.Id)).ConfigureAwait(false);
        heads.Forget(execution.Number);
    }

    private async Task<int> GoOnAsync(Taken taken, int limit, CancellationToken cancellationToken)
    {
        await SettleAsync(taken).ConfigureAwait(false);
        var chunks = (taken.Total + RowChunk.Size - 1) / RowChunk.Size;
        var (deleted, next) = (0, taken.Next);
        for (var end = Math.Min(chunks, next + (limit / RowChunk.Size)); next < end;)
        {
            var last = Math.Min(next + ChunksAtOnce, end) - 1;
            await UnlinkAsync(taken.Execution, next, last, cancellationToken).ConfigureAwait(false);
            if ((int)await connection.RunAsync(
                RowsScript, connection.Root(taken.Execution.Number), new ScriptArguments(connection).Add(next).Add(last), cancellationToken).ConfigureAwait(false) == 0)
            {
                return deleted;
            }

            deleted += Math.Min((last + 1) * RowChunk.Size, taken.Total) - (next * RowChunk.Size);
            next = last + 1;
        }

        if (next == chunks)
        {
            await channels.FinishAsync(taken.Execution).ConfigureAwait(false);
            await connection.RunAsync(EndScript, connection.Root(taken.Execution.Number), new(connection), cancellationToken).ConfigureAwait(false);
            await ForgetAsync(taken.Execution.Number).ConfigureAwait(false);
        }

        return deleted;
    }

    // What leads to the rows goes before them: a process that ends in between leaves rows that say what led to them.
    private async Task UnlinkAsync(Execution execution, int first, int last, CancellationToken cancellationToken)
    {
        var rows = (RedisResult[])(await connection.RunAsync(
            ReadScript, connection.Root(execution.Number), new ScriptArguments(connection).Add(first).Add(last), cancellationToken).ConfigureAwait(false))!;
        var head = new ExecutionHead(execution);
        var (messages, contacts) = (new List<RedisValue>(), new List<RedisValue>());
        for (var i = 0; i + 3 < rows.Length; i += 4)
        {
            var begin = (int)rows[i] * RowChunk.Size;
            var people = new PersonRecords((byte[]?)rows[i + 1] ?? [], head, begin);
            contacts.AddRange(Enumerable.Range(0, people.Count).Select(p => (RedisValue)people.Read(p).ContactId.Value.ToByteArray(bigEndian: true)));
            foreach (var (place, message) in RowChunk.Fields(rows[i + 2]))
            {
                Add(begin + place, message);
            }

            foreach (var (place, packed) in RowChunk.Fields(rows[i + 3]))
            {
                foreach (var message in HistoryRecords.Read((byte[]?)packed).Select(e => e.ProviderMessageId).OfType<string>())
                {
                    Add(begin + place, message);
                }
            }
        }

        await connection.RunAsync(
            UnsentScript,
            connection.Root("c:" + execution.Snapshot.Settings.ChannelId),
            new ScriptArguments(connection, messages.Count + contacts.Count + 4).Add(execution.Number).AddList(messages).AddList(contacts),
            cancellationToken).ConfigureAwait(false);

        void Add(int ordinal, RedisValue message)
        {
            messages.Add(message);
            messages.Add(string.Create(CultureInfo.InvariantCulture, $"{execution.Number}:{ordinal}"));
        }
    }

    private Task<RedisResult> ForgetAsync(int number) => connection.RunAsync(NamesScript, connection.Shared, new ScriptArguments(connection).Add(number));

    /// <summary>An execution that is taken away.</summary>
    /// <param name="Execution">As it was.</param>
    /// <param name="Fresh">Whether it was just now.</param>
    /// <param name="Next">The first chunk that is left.</param>
    /// <param name="Total">How many recipients it had.</param>
    private sealed record Taken(Execution Execution, bool Fresh, int Next, int Total);
}
