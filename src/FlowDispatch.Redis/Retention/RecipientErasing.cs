using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Retention;

/// <summary>Finds a contact in its organization's executions, and takes who it is off its rows there.</summary>
/// <remarks>No index leads from a contact to all its rows, which every planned recipient would pay for: scripts look through the chunks, 5,000 people each.</remarks>
internal sealed class RecipientErasing(RedisConnection connection, ExecutionHeads heads)
{
    private const int ChunksAtOnce = 200;
    private const int ScriptsAPart = 100;
    private const int MostFound = 400;
    private const int ExecutionsAtOnce = 100;

    private static readonly RedisScript PersonScript = RedisScript.Load("person");
    private static readonly RedisScript ReadScript = RedisScript.Load("rows", "erase_read");
    private static readonly RedisScript EraseScript = RedisScript.Load("rows", "erase_rows");
    private static readonly RedisScript UnsentScript = RedisScript.Load("unsent");

    public async Task<RecipientTrace> FindAsync(string organizationId, ContactId contact, string? position, CancellationToken cancellationToken)
    {
        var (number, chunk) = Place(position);
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var numbers = await database.SortedSetRangeByScoreAsync(
            connection.Root("o:" + organizationId).Append("executions"), number, double.PositiveInfinity, Exclude.None, Order.Ascending, 0, ExecutionsAtOnce).ConfigureAwait(false);
        var found = new List<Recipient>();
        var scripts = 0;
        foreach (var execution in numbers.Select(n => (int)n))
        {
            var next = execution == number ? chunk : 0;
            if (await heads.FindAsync(execution).ConfigureAwait(false) is not { } head)
            {
                continue;
            }

            var chunks = (await RecipientPages.TotalAsync(connection, head).ConfigureAwait(false) + RowChunk.Size - 1) / RowChunk.Size;
            while (next < chunks)
            {
                if (scripts++ == ScriptsAPart || found.Count == MostFound)
                {
                    return new(found, Place(execution, next));
                }

                var last = Math.Min(next + ChunksAtOnce, chunks) - 1;
                if (await FindAsync(head, contact, next, last, cancellationToken).ConfigureAwait(false) is { } recipient)
                {
                    found.Add(recipient);
                    break;
                }

                next = last + 1;
            }
        }

        return new(found, numbers.Length == ExecutionsAtOnce ? Place((int)numbers[^1] + 1, 0) : null);
    }

    /// <summary>Erases those of one execution; answers those whose run has not ended.</summary>
    public async Task<IReadOnlyList<RecipientId>> EraseAsync(int number, IEnumerable<RecipientId> recipients, CancellationToken cancellationToken)
    {
        var left = new List<RecipientId>();
        if (await heads.FindAsync(number).ConfigureAwait(false) is { } head)
        {
            foreach (var chunk in recipients.Where(r => head.RecipientAt(r.Ordinal) == r).Distinct().GroupBy(r => r.Ordinal / RowChunk.Size))
            {
                List<RecipientId>? open;
                while ((open = await TryEraseAsync(head, chunk.Key, [.. chunk], cancellationToken).ConfigureAwait(false)) is null)
                {
                    // Somebody else wrote in between: read again.
                }

                left.AddRange(open);
            }
        }

        return left;
    }

    private static (int Number, int Chunk) Place(string? position) => position?.Split(':') is [var number, var chunk]
        ? (int.Parse(number, CultureInfo.InvariantCulture), int.Parse(chunk, CultureInfo.InvariantCulture))
        : (0, 0);

    private static string Place(int number, int chunk) => string.Create(CultureInfo.InvariantCulture, $"{number}:{chunk}");

    private async Task<Recipient?> FindAsync(ExecutionHead head, ContactId contact, int first, int last, CancellationToken cancellationToken)
    {
        var chunks = (RedisValue[])(await connection.RunAsync(
            PersonScript,
            connection.Root(head.Number),
            new ScriptArguments(connection).Add(contact.Value.ToByteArray(bigEndian: true)).Add(first).Add(last),
            cancellationToken).ConfigureAwait(false))!;
        foreach (var chunk in chunks.Select(c => (int)c))
        {
            // The bytes may stand across two others: the records tell.
            var ordinals = Enumerable.Range(chunk * RowChunk.Size, RowChunk.Size).ToList();
            var rows = await RowReader.ReadAsync(connection, head, ordinals).ConfigureAwait(false);
            if (ordinals.Where(rows.Has).Select(rows.Shown).FirstOrDefault(r => r.ContactId == contact) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // Null where the chunk was changed meanwhile.
    private async Task<List<RecipientId>?> TryEraseAsync(ExecutionHead head, int number, List<RecipientId> recipients, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await connection.RunAsync(
            ReadScript, connection.Root(head.Number), new ScriptArguments(connection).Add(number), cancellationToken).ConfigureAwait(false))!;
        if (answer.Length == 0)
        {
            return [];
        }

        var chunk = new RowChunk(head, number, (byte[]?)answer[0], answer[1], answer[2]);
        var history = RowChunk.Fields(answer[3]);
        var rows = Enumerable.Range(chunk.First, chunk.Count).Select(chunk.Row).ToList();
        var there = recipients.Where(r => r.Ordinal - chunk.First < chunk.Count).ToList();
        var open = there.Where(r => rows[r.Ordinal - chunk.First].Open).ToList();
        var ended = there.Except(open).Select(r => r.Ordinal - chunk.First).ToList();
        if (ended.Count == 0)
        {
            return open;
        }

        await UnlinkAsync(head, ended, rows, history, cancellationToken).ConfigureAwait(false);
        var record = new RecordWriter();
        var changes = new List<RedisValue>(5 * ended.Count);
        foreach (var place in ended)
        {
            var packed = history.GetValueOrDefault(place, RedisValue.EmptyString);
            rows[place] = rows[place] with { PhoneNumber = "", ContactName = null, TimeZone = null, Variables = Recipient.NoVariables, ErrorMessage = null, ProviderMessageId = null };
            changes.AddRange([place, chunk.State(chunk.First + place), RecipientState.Write(record, rows[place]), packed, Erased(record, packed)]);
        }

        var written = (int)await connection.RunAsync(
            EraseScript,
            connection.Root(head.Number),
            new ScriptArguments(connection, changes.Count + 6).Add(number).Add((RedisValue)answer[0]).Add(People(record, rows)).AddList(changes),
            cancellationToken).ConfigureAwait(false);
        return written == 1 ? open : null;
    }

    // Without what leads from a message to them first: a process that ends in between leaves rows that are erased again.
    private async Task UnlinkAsync(ExecutionHead head, List<int> places, List<Recipient> rows, Dictionary<int, RedisValue> history, CancellationToken cancellationToken)
    {
        var messages = new List<RedisValue>();
        foreach (var place in places)
        {
            var heard = HistoryRecords.Read((byte[]?)history.GetValueOrDefault(place)).Select(e => e.ProviderMessageId);
            foreach (var message in heard.Append(rows[place].ProviderMessageId).OfType<string>().Distinct(StringComparer.Ordinal))
            {
                messages.Add(message);
                messages.Add(string.Create(CultureInfo.InvariantCulture, $"{head.Number}:{rows[place].Id.Ordinal}"));
            }
        }

        if (messages.Count > 0)
        {
            await connection.RunAsync(
                UnsentScript, connection.Root("c:" + head.ChannelId), new ScriptArguments(connection).Add(head.Number).AddList(messages).AddList([]), cancellationToken).ConfigureAwait(false);
        }
    }

    private static RedisValue Erased(RecordWriter record, RedisValue packed)
    {
        var events = HistoryRecords.Read((byte[]?)packed);
        return events.Count == 0
            ? RedisValue.EmptyString
            : events.SelectMany(e => HistoryRecords.Write(record, e with { Message = null, ProviderMessageId = null })).ToArray();
    }

    // What stands once for neighbours planned together must not be taken from one planned at another time.
    private static byte[] People(RecordWriter record, List<Recipient> rows)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < rows.Count; i++)
        {
            PersonRecords.Write(record, rows[i], i > 0 && rows[i - 1].CreatedAt == rows[i].CreatedAt ? rows[i - 1] : null);
            bytes.AddRange(record.Take());
        }

        return [.. bytes];
    }
}
