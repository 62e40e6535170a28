using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;

namespace FlowDispatch.Redis.Rows;

/// <summary>Where a recipient stands, as its field in the chunk's hash holds it; whoever was never touched has none.</summary>
/// <remarks>
/// Three letters that scripts read too (status, flags, milestone), then numbers and what is not null. Instants are differences
/// from one another, so that most states stay below the 64 bytes up to which Redis packs a hash. Equal rows have equal bytes:
/// scripts compare them to see whether a row is still as a decision was made on.
/// </remarks>
internal static class RecipientState
{
    private const int Open = 1;
    private const int FlowCompleted = 2;

    // Nobody reads it: who is erased has other bytes than before, so that nothing decided on the person is written behind an erasure.
    private const int Erased = 4;

    /// <summary>A pending row as it was planned.</summary>
    public static byte[] None { get; } = [];

    /// <summary>The bytes of a row; in a sender's hands is what attempt marks say, never what a row says.</summary>
    public static byte[] Write(RecordWriter writer, Recipient row)
    {
        var status = row.Status == RecipientStatus.Sending ? RecipientStatus.Pending : row.Status;
        writer.Byte((byte)('0' + status));
        writer.Byte((byte)('@' + (row.Open ? Open : 0) + (row.FlowCompleted ? FlowCompleted : 0) + (row.PhoneNumber.Length == 0 ? Erased : 0)));
        writer.Byte((byte)('0' + row.Reached));
        writer.Number(row.Attempts);
        writer.Number(row.StepAttempts);
        ReadOnlySpan<DateTimeOffset?> instants =
            [row.SentAt, row.CompletedAt, row.DeliveredAt, row.ReadAt, row.RepliedAt, row.FailedAt, row.NextAttemptAt, row.InDoubtSince, row.AttemptedAt];
        ReadOnlySpan<string?> texts = [row.FlowCurrentNode, row.FlowOutcome, row.WaitingReason, row.ErrorCode, row.ErrorMessage];
        var set = 0;
        for (var i = 0; i < instants.Length; i++)
        {
            set |= instants[i] is null ? 0 : 1 << i;
        }

        for (var i = 0; i < texts.Length; i++)
        {
            set |= texts[i] is null ? 0 : 1 << (i + instants.Length);
        }

        writer.Number(set);
        var last = Instant.Of(row.CreatedAt);
        foreach (var instant in instants)
        {
            if (instant is { } at)
            {
                writer.Number(Instant.Of(at) - last);
                last = Instant.Of(at);
            }
        }

        foreach (var text in texts)
        {
            if (text is not null)
            {
                writer.Text(text);
            }
        }

        return writer.Take();
    }

    /// <summary>Whether bytes that <see cref="Write"/> gave are an open row's.</summary>
    public static bool IsOpen(ReadOnlySpan<byte> state) => ((state[1] - '@') & Open) != 0;

    /// <summary>The bytes that stand for a row as it was read: none where it stands as it was planned.</summary>
    public static byte[] WriteClaimed(RecordWriter writer, Recipient row) => IsUntouched(row) ? None : Write(writer, row);

    /// <summary>Whether a row stands as a pending one is planned.</summary>
    public static bool IsUntouched(Recipient row) =>
        row is
        {
            Status: RecipientStatus.Pending or RecipientStatus.Sending, Open: true, FlowCompleted: false, Reached: Milestone.None, Attempts: 0, StepAttempts: 0,
            NextAttemptAt: null, WaitingReason: null, InDoubtSince: null, FlowCurrentNode: null, FlowOutcome: null, ErrorCode: null, ErrorMessage: null,
            SentAt: null, DeliveredAt: null, ReadAt: null, RepliedAt: null, CompletedAt: null, FailedAt: null, AttemptedAt: null,
        };

    /// <summary>A planned row as these bytes say it stands.</summary>
    public static Recipient Read(Recipient planned, ReadOnlySpan<byte> bytes, string? messageId)
    {
        if (bytes.IsEmpty)
        {
            return planned;
        }

        var reader = new RecordReader(bytes);
        var status = (RecipientStatus)(reader.Byte() - '0');
        var flags = reader.Byte() - '@';
        var reached = (Milestone)(reader.Byte() - '0');
        var attempts = (int)reader.Number();
        var stepAttempts = (int)reader.Number();
        var set = reader.Number();
        var last = Instant.Of(planned.CreatedAt);
        return planned with
        {
            Status = status,
            Open = (flags & Open) != 0,
            FlowCompleted = (flags & FlowCompleted) != 0,
            Reached = reached,
            Attempts = attempts,
            StepAttempts = stepAttempts,
            SentAt = At(ref reader, 0),
            CompletedAt = At(ref reader, 1),
            DeliveredAt = At(ref reader, 2),
            ReadAt = At(ref reader, 3),
            RepliedAt = At(ref reader, 4),
            FailedAt = At(ref reader, 5),
            NextAttemptAt = At(ref reader, 6),
            InDoubtSince = At(ref reader, 7),
            AttemptedAt = At(ref reader, 8),
            FlowCurrentNode = Text(ref reader, 9),
            FlowOutcome = Text(ref reader, 10),
            WaitingReason = Text(ref reader, 11),
            ErrorCode = Text(ref reader, 12),
            ErrorMessage = Text(ref reader, 13),
            ProviderMessageId = messageId,
        };

        DateTimeOffset? At(ref RecordReader from, int place)
        {
            if ((set & (1 << place)) == 0)
            {
                return null;
            }

            last += from.Number();
            return Instant.At(last);
        }

        string? Text(ref RecordReader from, int place) => (set & (1 << place)) == 0 ? null : from.Text();
    }
}
