using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Claims;

/// <summary>What nodes watch, and what is left lying: the shared slot's index first, then each execution in its own.</summary>
internal sealed class ControlReader(RedisConnection connection, ExecutionHeads heads, OpenExecutions open)
{
    private const int MostWaiting = 100;

    private static readonly RedisScript SharedScript = RedisScript.Load("control_shared");
    private static readonly RedisScript ControlScript = RedisScript.Load("control");
    private static readonly RedisScript BacklogScript = RedisScript.Load("backlog");

    public async Task<ControlState> ReadAsync(long suppressionsAfter, CancellationToken cancellationToken)
    {
        var shared = (RedisResult[])(await connection.RunAsync(
            SharedScript, connection.Shared, new ScriptArguments(connection).Add(suppressionsAfter), cancellationToken).ConfigureAwait(false))!;
        var numbers = ((RedisValue[])shared[0]!).Select(n => (int)n).Order();
        var executions = await Task.WhenAll(numbers.Select(ReadAsync)).ConfigureAwait(false);

        var suppressed = ((RedisValue[])shared[1]!).Select(Suppressed).ToList();
        var held = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var buckets = (RedisValue[])shared[4]!;
        for (var i = 0; i + 1 < buckets.Length; i += 2)
        {
            held[buckets[i].ToString()] = Instant.Read(buckets[i + 1]);
        }

        return new([.. executions.OfType<ControlledExecution>()], suppressed, (long)shared[2], Instant.Read((RedisValue)shared[3]), held);
    }

    public async Task<DispatchBacklog> ReadBacklogAsync()
    {
        var now = await connection.NowAsync().ConfigureAwait(false);
        var numbers = await open.ReadAsync().ConfigureAwait(false);
        var backlogs = (await Task.WhenAll(numbers.Select(ReadBacklogAsync)).ConfigureAwait(false)).OfType<Backlog>().ToList();
        var attended = backlogs.Where(b => b.Leases.Any(until => until > now)).Select(b => b.Automation).ToHashSet(StringComparer.Ordinal);
        var ended = backlogs.SelectMany(b => b.Leases).Where(until => until <= now).ToList();
        var waiting = backlogs
            .Select(b => b.Unplanned(now) ?? (attended.Contains(b.Automation) ? null : b.Unclaimed(now)))
            .OfType<WaitingExecution>().OrderBy(w => w.Since).ThenBy(w => w.Number)
            .Take(MostWaiting).ToList();

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var doubtful = await Task.WhenAll((await open.ReadDoubtfulAsync().ConfigureAwait(false)).Except(numbers)
            .Select(n => database.HashGetAsync(heads.Key(n), "#in_doubt"))).ConfigureAwait(false);
        return new()
        {
            Now = now,
            Waiting = waiting,
            EndedLeases = ended.Count,
            FirstLeaseEnd = ended.Count == 0 ? null : ended.Min(),
            InDoubt = backlogs.Sum(b => (long)b.InDoubt) + doubtful.Sum(d => (long)d),
        };
    }

    private static SuppressedContact Suppressed(RedisValue member)
    {
        var bytes = (byte[])member!;
        return new(new(new Guid(bytes.AsSpan(0, 16), bigEndian: true)), (ContactSuppression)(bytes[16] - '0'));
    }

    private async Task<ControlledExecution?> ReadAsync(int number)
    {
        var answer = (RedisResult[])(await connection.RunAsync(ControlScript, connection.Root(number), new(connection)).ConfigureAwait(false))!;
        var head = (RedisValue[])answer[0]!;
        if (head[1].IsNull || (head[0] != 1 && !await heads.AdoptAsync(number).ConfigureAwait(false)))
        {
            return null;
        }

        var (status, openCount) = ((ExecutionStatus)(int)head[1], (int)head[4]);
        return status is ExecutionStatus.Completed or ExecutionStatus.Failed || (status == ExecutionStatus.Cancelled && openCount == 0) ? null : new()
        {
            Number = number,
            Status = status,
            Priority = (int)head[2],
            Planned = !head[3].IsNullOrEmpty,
            Open = openCount,
            Sent = (int)head[5],
            Failed = (int)head[6],
            Forgiven = new((int)head[7], (int)head[8]),
            HasSlices = (int)answer[1] == 1,
            NextDueAt = Instant.ReadOrNull((RedisValue)answer[2]),
        };
    }

    private async Task<Backlog?> ReadBacklogAsync(int number)
    {
        var answer = (RedisResult[])(await connection.RunAsync(BacklogScript, connection.Root(number), new(connection)).ConfigureAwait(false))!;
        var head = (RedisValue[])answer[0]!;
        return head[0] != 1 ? null : new(
            number, (ExecutionStatus)(int)head[1], Planned: !head[2].IsNullOrEmpty, Instant.ReadOrNull(head[3]), Instant.ReadOrNull(head[4]) ?? Instant.Read(head[5]),
            (int)head[6], head[7].ToString(), (int)answer[1] == 1, Instant.ReadOrNull((RedisValue)answer[2]), [.. ((RedisValue[])answer[3]!).Select(Instant.Read)]);
    }

    private sealed record Backlog(
        int Number, ExecutionStatus Status, bool Planned, DateTimeOffset? PlanUntil, DateTimeOffset Since, int InDoubt, string Automation, bool HasSlices,
        DateTimeOffset? NextDueAt, List<DateTimeOffset> Leases)
    {
        public WaitingExecution? Unplanned(DateTimeOffset now) =>
            !Planned && Status is (ExecutionStatus.Queued or ExecutionStatus.Running) && (PlanUntil is null || PlanUntil <= now)
                ? new(Number, PlanUntil > Since ? PlanUntil.Value : Since, ToPlan: true)
                : null;

        public WaitingExecution? Unclaimed(DateTimeOffset now) =>
            Status != ExecutionStatus.Running ? null
            : HasSlices ? new(Number, Since, ToPlan: false)
            : NextDueAt <= now ? new(Number, NextDueAt.Value, ToPlan: false)
            : null;
    }
}
