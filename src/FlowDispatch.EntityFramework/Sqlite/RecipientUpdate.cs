using System.Globalization;
using System.Text;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Writes the columns of a recipient that most changes touch, in as few parameters as they need.</summary>
/// <remarks>
/// Each parameter is looked up by its name at every run, and nineteen of them cost more than the write itself. So the
/// small numbers and the NULLs of a change are constants of its statement: those of a whole group of outcomes are
/// alike, and there are few dozens of such shapes in all.
/// </remarks>
internal static class RecipientUpdate
{
    // More shapes than rules and retries make: whatever comes beyond is written with a statement of its own each time.
    private const int MostShapes = 1_000;

    /// <summary>Writes <paramref name="after"/>; where <paramref name="guard"/> is given only if the row still stands as it says.</summary>
    /// <returns>1, or 0 where it did not.</returns>
    public static int Run(SqliteSession session, long key, Recipient after, Recipient? guard)
    {
        var shape = new Shape(
            new(after.Status, after.Reached, after.Open, after.Attempts),
            after.StepAttempts,
            after.FlowCompleted,
            guard is null ? null : new(guard.Status, guard.Reached, guard.Open, guard.Attempts),
            (after.NextAttemptAt is null ? 0 : 1) | (after.WaitingReason is null ? 0 : 2) | (after.FlowCurrentNode is null ? 0 : 4)
                | (after.FlowOutcome is null ? 0 : 8) | (after.ProviderMessageId is null ? 0 : 16) | (after.SentAt is null ? 0 : 32)
                | (after.CompletedAt is null ? 0 : 64) | (after.AttemptedAt is null ? 0 : 128) | (guard?.NextAttemptAt is null ? 0 : 256));
        ReadOnlySpan<object?> columns =
        [
            after.NextAttemptAt, after.WaitingReason, after.FlowCurrentNode, after.FlowOutcome, after.ProviderMessageId, after.SentAt,
            after.CompletedAt, after.AttemptedAt, guard?.NextAttemptAt,
        ];
        Span<object?> values = [key, null, null, null, null, null, null, null, null, null];
        var count = 1;
        foreach (var column in columns)
        {
            if (column is not null)
            {
                values[count++] = column;
            }
        }

        if (!session.RecipientUpdates.TryGetValue(shape, out var statement))
        {
            if (session.RecipientUpdates.Count >= MostShapes)
            {
                using var once = session.Prepare(Text(shape));
                return once.Run(values[..count]);
            }

            session.RecipientUpdates[shape] = statement = session.Prepare(Text(shape));
        }

        return statement.Run(values[..count]);
    }

    private static string Text(Shape shape)
    {
        var parameter = 1;
        var sql = new StringBuilder("UPDATE fd_recipients SET ");
        sql.Append(CultureInfo.InvariantCulture, $"status = {(int)shape.After.Status}, reached = {(int)shape.After.Reached}, open = {Bit(shape.After.Open)}, ");
        sql.Append(CultureInfo.InvariantCulture, $"attempts = {shape.After.Attempts}, step_attempts = {shape.StepAttempts}, flow_completed = {Bit(shape.FlowCompleted)}, ");
        sql.Append(CultureInfo.InvariantCulture, $"next_attempt_at = {Value(0)}, waiting_reason = {Value(1)}, flow_current_node = {Value(2)}, flow_outcome = {Value(3)}, ");
        sql.Append(CultureInfo.InvariantCulture, $"provider_message_id = {Value(4)}, sent_at = {Value(5)}, completed_at = {Value(6)}, attempted_at = {Value(7)} WHERE key = $1");
        if (shape.Guard is { } guard)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND status = {(int)guard.Status} AND reached = {(int)guard.Reached} AND open = {Bit(guard.Open)}");
            sql.Append(CultureInfo.InvariantCulture, $" AND attempts = {guard.Attempts} AND next_attempt_at IS {Value(8)}");
        }

        return sql.ToString();

        string Value(int place) => (shape.Set & (1 << place)) == 0 ? "NULL" : string.Create(CultureInfo.InvariantCulture, $"${++parameter}");

        static int Bit(bool value) => value ? 1 : 0;
    }

    /// <summary>Where a row stands, in small numbers.</summary>
    internal readonly record struct Standing(RecipientStatus Status, Milestone Reached, bool Open, int Attempts);

    /// <summary>Everything of an update that is a constant of its statement.</summary>
    /// <param name="After">Where the row stands afterwards.</param>
    /// <param name="StepAttempts">Written as it is.</param>
    /// <param name="FlowCompleted">Written as it is.</param>
    /// <param name="Guard">Where it must stand before; null for an update without conditions.</param>
    /// <param name="Set">Which of the columns that may be NULL are not, by place.</param>
    internal readonly record struct Shape(Standing After, int StepAttempts, bool FlowCompleted, Standing? Guard, int Set);
}
