using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Rows;

/// <summary>Changes of one execution's recipients, as the scripts take them: states with what they replace, due times, history, and the counters that follow.</summary>
internal sealed class RowWrites
{
    private readonly RecordWriter _record = new();
    private readonly List<Row> _rows = [];
    private readonly List<RedisValue> _due = [];
    private readonly List<RedisValue> _events = [];
    private readonly Dictionary<string, int> _errors = new(StringComparer.Ordinal);
    private ExecutionCounters _sum;

    /// <summary>The ids that messages have since these writes, those that a later one replaced among them, and the ordinals of their recipients: what the channel's index must know first.</summary>
    public List<(string Id, int Ordinal)> Messages { get; } = [];

    /// <summary>Changes of one row that stands as <paramref name="expected"/> says, each decided on what the one before it makes of the row: they are one write, and history and index learn of all of them.</summary>
    public void Add(Recipient before, RedisValue expected, params ReadOnlySpan<RecipientChange> changes)
    {
        var after = changes[^1].After;
        after = after.Status == RecipientStatus.Sending ? after with { Status = RecipientStatus.Pending } : after;
        var ordinal = after.Id.Ordinal;
        _rows.Add(new(ordinal, expected, RecipientState.Write(_record, after), after.ProviderMessageId != before.ProviderMessageId ? after.ProviderMessageId ?? "" : null));
        if (after.Open && DueAt(changes) is { } due)
        {
            _due.Add(Instant.Of(due));
            _due.Add(ordinal);
        }

        var known = before.ProviderMessageId;
        foreach (var change in changes)
        {
            if (change.After.ProviderMessageId is { } message && message != known)
            {
                Messages.Add((message, ordinal));
            }

            known = change.After.ProviderMessageId;
            if (change.Event is { } note)
            {
                _events.AddRange([ordinal / RowChunk.Size, ordinal % RowChunk.Size, HistoryRecords.Write(_record, note)]);
            }
        }

        _sum += after.Tally - before.Tally;
        CountError(before, -1);
        CountError(after, 1);
    }

    /// <summary>Counts a row that is planned.</summary>
    public void Count(Recipient planned)
    {
        _sum += planned.Tally;
        CountError(planned, 1);
    }

    /// <summary>The state of a row that is planned and ended at once.</summary>
    public byte[] State(Recipient planned) => RecipientState.Write(_record, planned);

    /// <param name="arguments">Takes them.</param>
    /// <param name="packed">Whether the script takes whole chunks of untouched rows that are closed as one value each.</param>
    public void AddTo(ScriptArguments arguments, bool packed = false)
    {
        _rows.Sort((left, right) => left.Ordinal.CompareTo(right.Ordinal));
        var runs = arguments.Reserve();
        var count = 0;
        for (var from = 0; from < _rows.Count; count++)
        {
            var to = from + 1;
            while (to < _rows.Count && _rows[to].Follows(_rows[to - 1]))
            {
                to++;
            }

            AddRun(arguments, from, to, packed);
            from = to;
        }

        arguments.Set(runs, count);
        arguments.AddList(_due).AddList(_events);
        AddCountsTo(arguments);
    }

    public void AddCountsTo(ScriptArguments arguments) => arguments.AddList(CounterFields.Differences(_sum))
        .AddList([.. _errors.Where(e => e.Value != 0).SelectMany(e => new RedisValue[] { e.Key, e.Value })]);

    // One that says nothing leaves what those before it said, up to one that ended the run.
    private static DateTimeOffset? DueAt(ReadOnlySpan<RecipientChange> changes)
    {
        for (var i = changes.Length - 1; i >= 0 && changes[i].After.Open; i--)
        {
            if (changes[i].DueAt is { } due)
            {
                return due;
            }
        }

        return null;
    }

    private void CountError(Recipient row, int by)
    {
        if (row.Status is RecipientStatus.Failed or RecipientStatus.Skipped && row.ErrorCode is { } code)
        {
            _errors[code] = _errors.GetValueOrDefault(code) + by;
        }
    }

    private void AddRun(ScriptArguments arguments, int from, int to, bool packed)
    {
        var (fresh, messages) = (_rows[from].Expected.IsNullOrEmpty, _rows[from].Message is not null);
        packed &= fresh && to - from == RowChunk.Size && _rows.FindIndex(from, to - from, r => RecipientState.IsOpen(r.State)) < 0;
        arguments.Add(_rows[from].Ordinal).Add(to - from).Add(packed ? 2 : fresh ? 1 : 0).Add(messages ? 1 : 0);
        if (packed)
        {
            arguments.Add(Pack(from, to));
            return;
        }

        for (var i = from; i < to; i++)
        {
            arguments.Add(_rows[i].State);
        }

        for (var i = from; !fresh && i < to; i++)
        {
            arguments.Add(_rows[i].Expected);
        }

        for (var i = from; messages && i < to; i++)
        {
            arguments.Add(_rows[i].Message);
        }
    }

    private byte[] Pack(int from, int to)
    {
        var pack = new PackWriter();
        for (var i = from; i < to; i++)
        {
            pack.Add(_rows[i].State);
        }

        for (var i = from; i < to; i++)
        {
            pack.Add(_rows[i].Message ?? "");
        }

        return pack.ToArray();
    }

    private readonly record struct Row(int Ordinal, RedisValue Expected, byte[] State, string? Message)
    {
        /// <summary>Whether it goes into the same run: a neighbour in the same chunk, with the same things to say.</summary>
        public bool Follows(Row previous) =>
            Ordinal == previous.Ordinal + 1 && Ordinal % RowChunk.Size != 0
            && Expected.IsNullOrEmpty == previous.Expected.IsNullOrEmpty && (Message is null) == (previous.Message is null);
    }
}
