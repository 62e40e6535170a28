using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

/// <summary>Planning: who plans an execution, and what is planned.</summary>
internal sealed class ExecutionPlans(RedisConnection connection, ExecutionHeads heads, OpenExecutions open)
{
    private static readonly RedisScript LeaseScript = RedisScript.Load("plan_lease");
    private static readonly RedisScript AppendScript = RedisScript.Load("rows", "plan_append");
    private static readonly RedisScript ReleaseScript = RedisScript.Load("plan_release");

    public async Task<PlanLease?> LeaseAsync(TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var numbers = await open.ReadAsync().ConfigureAwait(false);
        var planned = await Task.WhenAll(numbers.Select(n => database.HashGetAsync(heads.Key(n), ["planned", "status"]))).ConfigureAwait(false);
        for (var i = 0; i < numbers.Count; i++)
        {
            if (!planned[i][0].IsNull || planned[i][1].IsNull || (int)planned[i][1] > 1 || await heads.FindAsync(numbers[i]).ConfigureAwait(false) is not { } head)
            {
                continue;
            }

            var token = (long)await connection.RunAsync(
                LeaseScript, connection.Root(head.Number), new ScriptArguments(connection).Add(lease.Ticks), cancellationToken).ConfigureAwait(false);
            if (token != 0)
            {
                var position = await database.HashGetAsync(heads.Key(head.Number), "position").ConfigureAwait(false);
                return await heads.ReadAsync(head).ConfigureAwait(false) is var (execution, _) ? new(execution, token, position) { Duration = lease } : null;
            }
        }

        return null;
    }

    public async Task<bool> AppendAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken)
    {
        Bounds.AtMost(batch.Recipients.Count, 5_000, nameof(batch));
        if (batch.SliceSize is < 1 or > 500)
        {
            throw new ArgumentOutOfRangeException(nameof(batch), batch.SliceSize, $"PlanBatch.SliceSize is {batch.SliceSize}; it must be from 1 to 500.");
        }

        var root = connection.Root(lease.Execution.Number);
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var contacts = batch.Recipients.Select(r => (RedisValue)r.ContactId.Value.ToByteArray(bigEndian: true)).ToArray();
        var position = database.HashGetAsync(root.Append("h"), "next");
        var known = contacts.Length == 0 ? [] : await database.SetContainsAsync(root.Append("who"), contacts).ConfigureAwait(false);
        var next = await position.ConfigureAwait(false);
        var first = next.IsNull ? 0 : (int)next;

        var plan = new PlannedRows(lease, batch, first);
        for (var i = 0; i < contacts.Length; i++)
        {
            if (!known[i])
            {
                plan.Add(batch.Recipients[i], contacts[i]);
            }
        }

        var arguments = new ScriptArguments(connection, 64 + contacts.Length)
            .Add(lease.Token).Add(lease.Duration.Ticks).Add(first).Add(plan.Next).Add(batch.Finished ? 1 : 0).Add(Instant.Of(batch.At))
            .Add(batch.Position is null ? 0 : 1).Add(batch.Position ?? "");
        plan.AddTo(arguments);
        return (int)await connection.RunAsync(AppendScript, root, arguments, cancellationToken).ConfigureAwait(false) == 1;
    }

    public Task ReleaseAsync(PlanLease lease) => connection.RunAsync(
        ReleaseScript, connection.Root(lease.Execution.Number), new ScriptArguments(connection).Add(lease.Token));

    /// <summary>What a batch becomes: records by chunk, states of those that ended at once, slices of the pending.</summary>
    private sealed class PlannedRows(PlanLease lease, PlanBatch batch, int first)
    {
        private readonly RowWrites _writes = new();
        private readonly RecordWriter _record = new();
        private readonly List<RedisValue> _people = [];
        private readonly List<RedisValue> _records = [];
        private readonly List<RedisValue> _states = [];
        private readonly List<RedisValue> _slices = [];
        private readonly HashSet<Guid> _seen = [];
        private Recipient? _previous;
        private int _sliceFirst;
        private int _sliceLast;
        private int _sliceCount;

        public int Next { get; private set; } = first;

        public void Add(PlannedRecipient planned, RedisValue contact)
        {
            if (!_seen.Add(planned.ContactId.Value))
            {
                return;
            }

            var ordinal = Next++;
            var row = planned.At(lease.Execution, ordinal, batch.At);
            if (ordinal % RowChunk.Size == 0)
            {
                CutRecords(ordinal - 1);
            }

            PersonRecords.Write(_record, row, _previous);
            _previous = row;
            _people.Add(contact);
            _writes.Count(row);
            if (!RecipientState.IsUntouched(row))
            {
                _states.AddRange([ordinal / RowChunk.Size, ordinal % RowChunk.Size, _writes.State(row)]);
            }

            if (row.Status == RecipientStatus.Pending)
            {
                AddToSlice(ordinal);
            }
        }

        public void AddTo(ScriptArguments arguments)
        {
            CutRecords(Next - 1);
            CutSlice();
            arguments.AddList(_people).AddList(_records).AddList(_states).AddList(_slices);
            _writes.AddCountsTo(arguments);
        }

        private void CutRecords(int last)
        {
            if (_record.Length > 0)
            {
                _records.Add(last / RowChunk.Size);
                _records.Add(_record.Take());
            }

            _previous = null;
        }

        // Skipped people between pending ones lie in the slice too and do no harm.
        private void AddToSlice(int ordinal)
        {
            _sliceFirst = _sliceCount == 0 ? ordinal : _sliceFirst;
            _sliceLast = ordinal;
            if (++_sliceCount == batch.SliceSize)
            {
                CutSlice();
            }
        }

        private void CutSlice()
        {
            if (_sliceCount > 0)
            {
                _slices.Add(_sliceFirst);
                _slices.Add(_sliceLast - _sliceFirst + 1);
                _sliceCount = 0;
            }
        }
    }
}
