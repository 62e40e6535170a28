using System.Globalization;
using System.Text;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Writes what a change makes of a recipient, in as few parameters as it needs.</summary>
/// <remarks>
/// Each parameter is looked up by its name at every run, and nineteen of them cost more than the write itself. So the
/// small numbers and the NULLs of a change are constants of its statement: those of a whole group of outcomes are
/// alike, and there are few dozens of such shapes in all.
/// </remarks>
internal static class RecipientUpdate
{
    // More shapes than rules and retries make: whatever comes beyond is written with a statement of its own each time.
    private const int MostShapes = 1_000;

    // Of the columns that may be NULL, the places of those that few changes touch, and of what only a guard asks for.
    private const int Seldom = 8;
    private const int Guarded = Seldom + 7;
    private const int Places = Guarded + 1;

    /// <summary>Writes <paramref name="after"/>; where <paramref name="guarded"/> only if the row still stands as <paramref name="before"/> says.</summary>
    /// <returns>1, or 0 where it did not.</returns>
    public static int Run(SqliteSession session, long key, Recipient before, Recipient after, bool guarded)
    {
        var seldom = before.InDoubtSince != after.InDoubtSince || before.ErrorCode != after.ErrorCode || before.ErrorMessage != after.ErrorMessage
            || before.DeliveredAt != after.DeliveredAt || before.ReadAt != after.ReadAt || before.RepliedAt != after.RepliedAt || before.FailedAt != after.FailedAt;

        // An index has the message's id, and would be written anew for the same one, too.
        var message = before.ProviderMessageId != after.ProviderMessageId;
        ReadOnlySpan<object?> columns =
        [
            after.NextAttemptAt, after.WaitingReason, after.FlowCurrentNode, after.FlowOutcome, message ? after.ProviderMessageId : null, after.SentAt,
            after.CompletedAt, after.AttemptedAt, after.InDoubtSince, after.ErrorCode, after.ErrorMessage, after.DeliveredAt, after.ReadAt,
            after.RepliedAt, after.FailedAt, guarded ? before.NextAttemptAt : null,
        ];
        Span<object?> values = new object?[Places + 1];
        values[0] = key;
        var (count, set) = (1, 0);
        for (var place = 0; place < Places; place++)
        {
            if (columns[place] is { } value && (seldom || place is < Seldom or Guarded))
            {
                values[count++] = value;
                set |= 1 << place;
            }
        }

        var shape = new Shape(
            new(after.Status, after.Reached, after.Open, after.Attempts),
            after.StepAttempts,
            after.FlowCompleted,
            guarded ? new(before.Status, before.Reached, before.Open, before.Attempts) : null,
            message,
            seldom,
            set);
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
        if (shape.Message)
        {
            sql.Append(CultureInfo.InvariantCulture, $"provider_message_id = {Value(4)}, ");
        }

        sql.Append(CultureInfo.InvariantCulture, $"sent_at = {Value(5)}, completed_at = {Value(6)}, attempted_at = {Value(7)}");
        if (shape.Seldom)
        {
            sql.Append(CultureInfo.InvariantCulture, $", in_doubt_since = {Value(8)}, error_code = {Value(9)}, error_message = {Value(10)}, delivered_at = {Value(11)}");
            sql.Append(CultureInfo.InvariantCulture, $", read_at = {Value(12)}, replied_at = {Value(13)}, failed_at = {Value(14)}");
        }

        sql.Append(" WHERE key = $1");
        if (shape.Guard is { } guard)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND status = {(int)guard.Status} AND reached = {(int)guard.Reached} AND open = {Bit(guard.Open)}");
            sql.Append(CultureInfo.InvariantCulture, $" AND attempts = {guard.Attempts} AND next_attempt_at IS {Value(Guarded)}");
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
    /// <param name="Message">Whether the message's id is another.</param>
    /// <param name="Seldom">Whether any of the columns is another that few changes touch.</param>
    /// <param name="Set">Which of the columns that may be NULL are not, by place.</param>
    internal readonly record struct Shape(Standing After, int StepAttempts, bool FlowCompleted, Standing? Guard, bool Message, bool Seldom, int Set);
}
