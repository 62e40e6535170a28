using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

/// <summary>Planning: who plans an execution, and what is planned.</summary>
internal sealed class ExecutionPlans(RedisConnection connection, ExecutionHeads heads, OpenExecutions open, ChannelIndex channels)
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
        var first = (int)await database.HashGetAsync(root.Append("h"), "next").ConfigureAwait(false);
        var people = batch.Recipients.DistinctBy(r => r.ContactId).ToList();
        var assigning = channels.AssignAsync(lease.Execution, people.ConvertAll(r => r.ContactId), first, first);

        // Nearly always everybody is new: made ready while Redis looks.
        var plan = new PlannedRows(lease, batch, first, people);
        var found = await assigning.ConfigureAwait(false);
        if (found.Count > 0)
        {
            plan = new(lease, batch, first, await NewAsync(lease, first, people, found).ConfigureAwait(false));
        }

        var arguments = new ScriptArguments(connection, 64)
            .Add(lease.Token).Add(lease.Duration.Ticks).Add(first).Add(plan.Next).Add(batch.Finished ? 1 : 0).Add(Instant.Of(batch.At))
            .Add(batch.Position is null ? 0 : 1).Add(batch.Position ?? "");
        plan.AddTo(arguments);
        if ((int)await connection.RunAsync(AppendScript, root, arguments, cancellationToken).ConfigureAwait(false) != 1)
        {
            return false;
        }

        if (batch.Finished)
        {
            await channels.FinishAsync(lease.Execution).ConfigureAwait(false);
        }

        return true;
    }

    // Those who are not planned yet, in the order of their ordinals.
    private async Task<List<PlannedRecipient>> NewAsync(PlanLease lease, int rows, List<PlannedRecipient> people, ILookup<int, int> found)
    {
        // An address may be of an append that was never made, whose ordinal somebody else has by now: the rows tell.
        var planned = await PlannedAsync(lease, [.. found.SelectMany(f => f)]).ConfigureAwait(false);
        var fresh = people.Where((_, i) => !found.Contains(i)).ToList();
        var late = people.Where((person, i) => found.Contains(i) && !found[i].Any(o => planned.GetValueOrDefault(o) == person.ContactId)).ToList();
        if (late.Count > 0)
        {
            await channels.AssignAsync(lease.Execution, late.ConvertAll(r => r.ContactId), 0, rows + fresh.Count).ConfigureAwait(false);
        }

        return [.. fresh, .. late];
    }

    // Whose rows these are.
    private async Task<Dictionary<int, ContactId>> PlannedAsync(PlanLease lease, List<int> ordinals)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var root = connection.Root(lease.Execution.Number);
        var head = new ExecutionHead(lease.Execution);
        var chunks = ordinals.Select(o => o / RowChunk.Size).Distinct().ToList();
        var records = await database.StringGetAsync([.. chunks.Select(c => root.Append(string.Create(CultureInfo.InvariantCulture, $"s:{c}")))]).ConfigureAwait(false);
        var people = chunks.Zip(records).ToDictionary(c => c.First, c => new PersonRecords((byte[]?)c.Second ?? [], head, c.First * RowChunk.Size));
        return ordinals
            .Where(o => o % RowChunk.Size < people[o / RowChunk.Size].Count)
            .Distinct()
            .ToDictionary(o => o, o => people[o / RowChunk.Size].Read(o % RowChunk.Size).ContactId);
    }

    public Task ReleaseAsync(PlanLease lease) => connection.RunAsync(
        ReleaseScript, connection.Root(lease.Execution.Number), new ScriptArguments(connection).Add(lease.Token));

    /// <summary>What a batch becomes: records by chunk, states of those that ended at once, slices of the pending.</summary>
    private sealed class PlannedRows
    {
        private readonly PlanLease _lease;
        private readonly PlanBatch _batch;
        private readonly RowWrites _writes = new();
        private readonly RecordWriter _record = new();
        private readonly List<RedisValue> _records = [];
        private readonly List<RedisValue> _states = [];
        private readonly List<RedisValue> _slices = [];
        private Recipient? _previous;
        private int _sliceFirst;
        private int _sliceLast;
        private int _sliceCount;

        public PlannedRows(PlanLease lease, PlanBatch batch, int first, List<PlannedRecipient> people)
        {
            (_lease, _batch, Next) = (lease, batch, first);
            people.ForEach(Add);
            CutRecords(Next - 1);
            CutSlice();
        }

        /// <summary>The first ordinal behind them.</summary>
        public int Next { get; private set; }

        public void AddTo(ScriptArguments arguments)
        {
            arguments.AddList(_records).AddList(_states).AddList(_slices);
            _writes.AddCountsTo(arguments);
        }

        private void Add(PlannedRecipient planned)
        {
            var ordinal = Next++;
            var row = planned.At(_lease.Execution, ordinal, _batch.At);
            if (ordinal % RowChunk.Size == 0)
            {
                CutRecords(ordinal - 1);
            }

            PersonRecords.Write(_record, row, _previous);
            _previous = row;
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
            if (++_sliceCount == _batch.SliceSize)
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
