using System.Globalization;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Receivers;

/// <summary>In the inbox's slot: what bears on an attempt in doubt is read at one instant with what came in and was not looked at yet.</summary>
internal sealed class RedisReceiverStore(RedisConnection connection) : IReceiverStore
{
    private static readonly RedisScript BeatScript = RedisScript.Load("receiver_beat");
    private static readonly RedisScript EndScript = RedisScript.Load("receiver_end");
    private static readonly RedisScript NoteScript = RedisScript.Load("receiver_note");
    private static readonly RedisScript ReadScript = RedisScript.Load("receiver_read");

    public async Task<bool> BeatAsync(string stretch, CancellationToken cancellationToken = default) => (int)await connection.RunAsync(
        BeatScript,
        connection.Inbox,
        new ScriptArguments(connection).Add(stretch).Add(ReceiverStretch.LongestGap.Ticks).Add(ReceiverStretch.Kept.Ticks),
        cancellationToken).ConfigureAwait(false) == 1;

    public Task EndAsync(string stretch, CancellationToken cancellationToken = default) =>
        connection.RunAsync(EndScript, connection.Inbox, new ScriptArguments(connection).Add(stretch), cancellationToken);

    public Task NoteAsync(IReadOnlyList<ReceiptNote> notes, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(notes.Count, 1_000, nameof(notes));
        var values = new List<RedisValue>(3 * notes.Count);
        foreach (var note in notes)
        {
            values.AddRange([note.ChannelId, Instant.Of(note.ArrivedAt), Instant.Of(note.AttemptedAt)]);
        }

        return connection.RunAsync(NoteScript, connection.Inbox, new ScriptArguments(connection).Add(ReceiptNote.Kept.Ticks).AddList(values), cancellationToken);
    }

    public async Task<ReceiptRecord> ReadAsync(
        string channelId, AttemptId attempt, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        var answer = (RedisResult[])(await connection.RunAsync(
            ReadScript,
            connection.Inbox,
            new ScriptArguments(connection).Add(channelId).Add(attempt.ToString()).Add(Instant.Of(from - ReceiverStretch.LongestGap))
                .Add(Instant.Of(until)).Add(Instant.Of(until + ReceiptRecord.ClockTolerance)),
            cancellationToken).ConfigureAwait(false))!;
        return new()
        {
            Now = Instant.Read((RedisValue)answer[0]),
            Stretches = [.. ((RedisValue[])answer[1]!).Select(s => Stretch(s.ToString()))],
            LatestAttemptAt = Instant.ReadOrNull((RedisValue)answer[2]),
            Unsettled = (int)answer[3] == 1,
        };
    }

    private static ReceiverStretch Stretch(string text)
    {
        var parts = text.Split(':');
        return new(At(parts[0]), At(parts[1]), parts[2] == "1");

        static DateTimeOffset At(string number) => Instant.At(long.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }
}
