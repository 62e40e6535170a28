using System.Text.Json;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Changes of single recipients within a transaction, each row read once and written once however often it climbs.</summary>
internal sealed class SqliteTransitions(SqliteSession session)
{
    private const string Columns = $"SELECT {RecipientRow.Columns}, {RecipientRow.Shown}, {RecipientRow.Unanswered}";

    // The list first: it is what the rows are looked up by.
    private const string Listed = $"{Columns} FROM json_each($1) k CROSS JOIN fd_recipients r ON r.key = k.value LEFT JOIN fd_due d ON d.key = r.key";

    private readonly Dictionary<int, (ExecutionHead? Head, RecipientWriter Writer)> _executions = [];
    private readonly Dictionary<RecipientId, Standing> _standings = [];

    public int Run(IReadOnlyList<RecipientTransition> transitions)
    {
        var changed = 0;
        ReadAll(transitions.Select(t => t.Recipient).Distinct());
        foreach (var transition in transitions)
        {
            if (Find(transition.Recipient) is not { } standing || transition.Decide(standing.Situation) is not { } change)
            {
                continue;
            }

            changed++;
            standing.Take(change);
            if (!standing.IsPlain)
            {
                // What it does to the queue decides what the next one finds.
                Write(standing);
                _standings.Remove(transition.Recipient);
            }
        }

        foreach (var standing in _standings.Values)
        {
            Write(standing);
        }

        foreach (var (_, writer) in _executions.Values)
        {
            writer.Save();
        }

        return changed;
    }

    private void ReadAll(IEnumerable<RecipientId> recipients)
    {
        var keys = recipients.Select(id => PackedKey.Of(id.ExecutionNumber, id.Ordinal)).Order().ToList();
        using var row = session[Listed].Read(JsonSerializer.Serialize(keys));
        while (row.Read())
        {
            Take(row);
        }
    }

    private Standing? Find(RecipientId id)
    {
        // Written by now, and read again; or a stranger's id that leads to somebody else's row.
        if (!_standings.ContainsKey(id) && _executions.TryGetValue(id.ExecutionNumber, out var execution) && execution.Head?.RecipientAt(id.Ordinal) == id)
        {
            using var row = session[$"{Columns} {RecipientRow.FromShown} WHERE r.key = $1"].Read(PackedKey.Of(id.ExecutionNumber, id.Ordinal));
            if (row.Read())
            {
                Take(row);
            }
        }

        return _standings.GetValueOrDefault(id);
    }

    private void Take(SqliteRow row)
    {
        var key = row.Int64(0);
        var number = PackedKey.Parent(key);
        if (!_executions.TryGetValue(number, out var execution))
        {
            _executions[number] = execution = (SqliteExecutionHead.Find(session, number), new(session, number));
        }

        // Without a head the execution is pruned and its rows are not yet.
        if (execution.Head is { } head)
        {
            var recipient = RecipientRow.Read(row, head, RecipientRow.Width);
            _standings[recipient.Id] = new(key, execution.Writer, new(recipient, head.IsOpen, row.Flag(RecipientRow.Width + 1)));
        }
    }

    private static void Write(Standing standing)
    {
        if (standing.Change is { } change)
        {
            standing.Writer.Write(standing.Key, standing.Before, change);
        }
    }

    private sealed class Standing(long key, RecipientWriter writer, RecipientSituation situation)
    {
        public long Key => key;

        public RecipientWriter Writer => writer;

        /// <summary>The row as it was read.</summary>
        public Recipient Before { get; } = situation.Recipient;

        /// <summary>The row as it will be written.</summary>
        public RecipientSituation Situation { get; private set; } = situation;

        public RecipientChange? Change { get; private set; }

        /// <summary>Whether the row alone is another: nothing follows from it, and the next change can be put on top.</summary>
        public bool IsPlain => Change is { Event: null, DueAt: null } && Change.After.Open == Before.Open;

        public void Take(RecipientChange change) => (Change, Situation) = (change, Situation with { Recipient = change.After });
    }
}
