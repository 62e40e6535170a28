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
    private readonly SortedDictionary<int, List<RedisValue>> _chunks = [];
    private readonly List<RedisValue> _closed = [];
    private readonly List<RedisValue> _due = [];
    private readonly List<RedisValue> _messages = [];
    private readonly List<RedisValue> _events = [];
    private readonly Dictionary<string, int> _errors = new(StringComparer.Ordinal);
    private ExecutionCounters _sum;

    /// <summary>Recipients that have a message's id, or are sent to, since these writes: what the channel's index must know first.</summary>
    public List<(Recipient Before, Recipient After)> Sent { get; } = [];

    /// <summary>A change of a row that stands as <paramref name="expected"/> says; with the events of changes before it that it includes.</summary>
    public void Add(Recipient before, RedisValue expected, RecipientChange change, IEnumerable<RecipientEvent>? earlier = null)
    {
        var after = change.After.Status == RecipientStatus.Sending ? change.After with { Status = RecipientStatus.Pending } : change.After;
        var ordinal = after.Id.Ordinal;
        var (chunk, field) = Math.DivRem(ordinal, RowChunk.Size);
        var states = _chunks.TryGetValue(chunk, out var known) ? known : _chunks[chunk] = [];
        states.Add(field);
        states.Add(expected);
        states.Add(RecipientState.Write(_record, after));
        if (!after.Open)
        {
            _closed.Add(ordinal);
        }
        else if (change.DueAt is { } due)
        {
            _due.Add(Instant.Of(due));
            _due.Add(ordinal);
        }

        var other = after.ProviderMessageId != before.ProviderMessageId;
        if (other)
        {
            _messages.AddRange([chunk, field, after.ProviderMessageId ?? ""]);
        }

        if ((other && after.ProviderMessageId is not null) || (after.Reached >= Milestone.Sent && before.Reached < Milestone.Sent))
        {
            Sent.Add((before, after));
        }

        foreach (var note in (earlier ?? []).Concat(change.Event is { } last ? [last] : []))
        {
            _events.AddRange([chunk, field, HistoryRecords.Write(_record, note)]);
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

    public void AddTo(ScriptArguments arguments)
    {
        arguments.Add(_chunks.Count);
        foreach (var (chunk, states) in _chunks)
        {
            arguments.Add(chunk).Add(states.Count / 3);
            foreach (var value in states)
            {
                arguments.Add(value);
            }
        }

        arguments.AddList(_closed).AddList(_due).AddList(_messages).AddList(_events);
        AddCountsTo(arguments);
    }

    public void AddCountsTo(ScriptArguments arguments) => arguments.AddList(CounterFields.Differences(_sum))
        .AddList([.. _errors.Where(e => e.Value != 0).SelectMany(e => new RedisValue[] { e.Key, e.Value })]);

    private void CountError(Recipient row, int by)
    {
        if (row.Status is RecipientStatus.Failed or RecipientStatus.Skipped && row.ErrorCode is { } code)
        {
            _errors[code] = _errors.GetValueOrDefault(code) + by;
        }
    }
}
