using System.Runtime.InteropServices;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Recipients;

/// <summary>Decides and writes changes of single recipients: read, decided here, and written only if all they were decided on still holds.</summary>
/// <remarks>
/// Executions lie in slots of their own. Everything is decided before anything is written, then each execution's changes are
/// one step; a process that dies between two of them leaves the inbox entries, so that the rest is done again.
/// </remarks>
internal sealed class RecipientTransitions(RedisConnection connection, ExecutionHeads heads, ChannelIndex channels)
{
    private static readonly RedisScript TransitionScript = RedisScript.Load("rows", "transition");

    public async Task<int> WriteAsync(IReadOnlyList<RecipientTransition> transitions, CancellationToken cancellationToken)
    {
        var decided = new List<Decided>();
        foreach (var group in transitions.GroupBy(t => t.Recipient.ExecutionNumber))
        {
            if (await heads.FindAsync(group.Key).ConfigureAwait(false) is { } head
                && group.Where(t => head.RecipientAt(t.Recipient.Ordinal) == t.Recipient).ToList() is { Count: > 0 } own)
            {
                decided.Add(await DecideAsync(head, own).ConfigureAwait(false));
            }
        }

        var changed = 0;
        foreach (var first in decided)
        {
            var attempt = first;
            while (!await WriteAsync(attempt, cancellationToken).ConfigureAwait(false))
            {
                attempt = await DecideAsync(attempt.Execution, attempt.Transitions).ConfigureAwait(false);
            }

            changed += attempt.Changed;
        }

        return changed;
    }

    private async Task<Decided> DecideAsync(ExecutionHead execution, List<RecipientTransition> transitions)
    {
        var rows = await RowReader.ReadAsync(connection, execution, transitions.ConvertAll(t => t.Recipient.Ordinal)).ConfigureAwait(false);
        var decided = new Decided(execution, transitions, rows);
        foreach (var transition in transitions)
        {
            if (rows.Has(transition.Recipient.Ordinal))
            {
                decided.Decide(transition);
            }
        }

        return decided;
    }

    private async Task<bool> WriteAsync(Decided decided, CancellationToken cancellationToken)
    {
        if (decided.Changed == 0)
        {
            return true;
        }

        var writes = decided.Writes();
        await channels.AddAsync(decided.Execution, writes.Messages).ConfigureAwait(false);
        var arguments = new ScriptArguments(connection).Add(decided.Rows.ExecutionOpen ? 1 : 0);
        arguments.AddList([.. decided.Ordinals.Select(o => (RedisValue)o)]).AddList([.. decided.Ordinals.Select(o => (RedisValue)(decided.Rows.IsMarked(o) ? 1 : 0))]);
        writes.AddTo(arguments);
        return (int)await connection.RunAsync(TransitionScript, connection.Root(decided.Execution.Number), arguments, cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <summary>Changes of one execution's recipients; several of one become one, whose history has all of them.</summary>
    private sealed class Decided(ExecutionHead execution, List<RecipientTransition> transitions, RowReader rows)
    {
        private readonly Dictionary<int, List<RecipientChange>> _changes = [];

        // As they were read: who is asked about again is not decoded again.
        private readonly Dictionary<int, Recipient> _shown = [];

        public ExecutionHead Execution => execution;

        public List<RecipientTransition> Transitions => transitions;

        public RowReader Rows => rows;

        public int Changed { get; private set; }

        public IReadOnlyCollection<int> Ordinals => _changes.Keys;

        public void Decide(RecipientTransition transition)
        {
            var ordinal = transition.Recipient.Ordinal;
            var row = _changes.TryGetValue(ordinal, out var earlier) ? earlier[^1].After : Shown(ordinal);
            var inFlight = rows.IsMarked(ordinal) && row.Open && earlier?.Exists(c => c.DueAt is not null) is not true;
            if (transition.Decide(new(row, rows.ExecutionOpen, inFlight)) is { } change)
            {
                (earlier ?? (_changes[ordinal] = [])).Add(change);
                Changed++;
            }
        }

        // In a sender's hands is what attempt marks say, never what a row says.
        private static Recipient Stored(Recipient shown) => shown.Status == RecipientStatus.Sending ? shown with { Status = RecipientStatus.Pending } : shown;

        private Recipient Shown(int ordinal)
        {
            if (!_shown.TryGetValue(ordinal, out var row))
            {
                _shown[ordinal] = row = rows.Shown(ordinal);
            }

            return row;
        }

        public RowWrites Writes()
        {
            var writes = new RowWrites();
            foreach (var (ordinal, changes) in _changes)
            {
                writes.Add(Stored(_shown[ordinal]), rows.State(ordinal), CollectionsMarshal.AsSpan(changes));
            }

            return writes;
        }
    }
}
