using FlowDispatch.Automations;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Claims;

/// <summary>Who takes part in an execution, and how that ends.</summary>
/// <remarks>
/// The lease, which fences writes, lies with the execution; its slots lie with the automation, in another slot. Slots are
/// taken and prolonged first and given back last: a process that dies in between leaves slots that nobody uses until
/// they end by themselves, at the same instant as the lease, and never a lease without them.
/// </remarks>
internal sealed class DispatchLeases(RedisConnection connection, ExecutionHeads heads, OpenExecutions open, ChannelIndex channels)
{
    // A token is its number among the execution's leases, and the execution's number, by which a token alone is found again.
    private const int NumberBits = 31;

    private static readonly RedisScript BeginScript = RedisScript.Load("lease_begin");
    private static readonly RedisScript TakeScript = RedisScript.Load("lease_take");
    private static readonly RedisScript RenewScript = RedisScript.Load("lease_renew");
    private static readonly RedisScript SlotsScript = RedisScript.Load("slots_take");
    private static readonly RedisScript RenewSlotsScript = RedisScript.Load("slots_renew");
    private static readonly RedisScript EndScript = RedisScript.Load("rows", "lease_end");
    private static readonly RedisScript EndedScript = RedisScript.Load("ended");

    public async Task<DispatchLease?> TakeAsync(int number, int slots, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (await heads.FindAsync(number).ConfigureAwait(false) is not { } head)
        {
            return null;
        }

        var root = connection.Root(number);
        var place = (long)await connection.RunAsync(BeginScript, root, new(connection), cancellationToken).ConfigureAwait(false);
        if (place == 0)
        {
            return null;
        }

        var token = (place << NumberBits) | (uint)number;
        var granted = (RedisResult[])(await connection.RunAsync(
            SlotsScript,
            Automation(head.AutomationId),
            new ScriptArguments(connection).Add(token).Add(slots).Add(duration.Ticks).Add(head.Made.Snapshot.Settings.MaxConcurrentExecutions),
            cancellationToken).ConfigureAwait(false))!;
        if ((int)granted[0] == 0)
        {
            return null;
        }

        if ((int)await connection.RunAsync(TakeScript, root, new ScriptArguments(connection).Add(token).Add((RedisValue)granted[1]), cancellationToken).ConfigureAwait(false) == 0)
        {
            await GiveBackAsync(head, token).ConfigureAwait(false);
            return null;
        }

        return new(number, token, (int)granted[0]);
    }

    public async Task<bool> RenewAsync(long token, TimeSpan duration)
    {
        if (await HeadOf(token).ConfigureAwait(false) is not { } head)
        {
            return false;
        }

        var ends = (RedisValue)await connection.RunAsync(
            RenewSlotsScript, Automation(head.AutomationId), new ScriptArguments(connection).Add(token).Add(duration.Ticks)).ConfigureAwait(false);
        if (ends.IsNullOrEmpty)
        {
            return false;
        }

        if ((int)await connection.RunAsync(RenewScript, connection.Root(head.Number), new ScriptArguments(connection).Add(token).Add(ends)).ConfigureAwait(false) == 1)
        {
            return true;
        }

        await GiveBackAsync(head, token).ConfigureAwait(false);
        return false;
    }

    /// <summary>Ends a lease, or only if its time is over; false when it is gone already or still holds.</summary>
    public async Task<bool> EndAsync(ExecutionHead head, long token, bool onlyEnded)
    {
        List<int> flying = [];
        while (true)
        {
            var writes = new RowWrites();
            if (flying.Count > 0)
            {
                var rows = await RowReader.ReadAsync(connection, head, flying).ConfigureAwait(false);
                var now = await connection.NowAsync().ConfigureAwait(false);
                foreach (var ordinal in flying)
                {
                    var row = rows.Row(ordinal);
                    if (row.Open)
                    {
                        writes.Add(row, rows.State(ordinal), RecipientRules.Recover(row, now));
                    }
                }
            }

            await channels.AddAsync(head, writes.Messages).ConfigureAwait(false);
            var arguments = new ScriptArguments(connection).Add(token).Add(onlyEnded ? 1 : 0).AddList([.. flying.Select(o => (RedisValue)o)]);
            writes.AddTo(arguments);
            var answer = (RedisResult[])(await connection.RunAsync(EndScript, connection.Root(head.Number), arguments).ConfigureAwait(false))!;
            switch ((int)answer[0])
            {
                case 0:
                    return false;
                case 1:
                    await GiveBackAsync(head, token).ConfigureAwait(false);
                    return true;
                default:
                    flying = [.. ((RedisValue[])answer[1]!).Select(o => (int)o)];
                    break;
            }
        }
    }

    /// <summary>Ends the leases of all executions that are over, and takes ended executions out of the index.</summary>
    public async Task<int> SweepAsync()
    {
        var swept = await Task.WhenAll((await open.ReadAsync().ConfigureAwait(false)).Select(SweepAsync)).ConfigureAwait(false);
        return swept.Sum();
    }

    /// <summary>The same for one execution.</summary>
    public async Task<int> SweepAsync(int number)
    {
        var answer = (RedisResult[])(await connection.RunAsync(EndedScript, connection.Root(number), new(connection)).ConfigureAwait(false))!;
        var standing = (RedisValue[])answer[2]!;
        var (born, status) = (standing[3] == 1, standing[0]);
        if (!born)
        {
            // Being made just now, or never finished: then nobody knows of it, and its name goes after a while.
            if (status.IsNull || !await heads.AdoptAsync(number).ConfigureAwait(false))
            {
                await open.ForgetAsync(number, inDoubt: false, RedisValue.EmptyString).ConfigureAwait(false);
            }

            return 0;
        }

        var ended = 0;
        foreach (var token in (RedisValue[])answer[0]!)
        {
            if (await heads.FindAsync(number).ConfigureAwait(false) is { } head && await EndAsync(head, (long)token, onlyEnded: true).ConfigureAwait(false))
            {
                ended++;
            }
        }

        var done = status == 3 || status == 4 || (status == 5 && (int)standing[1] == 0);
        if (done && (int)answer[1] == 0)
        {
            await open.ForgetAsync(number, (int)standing[2] > 0, standing[4].IsNull ? RedisValue.EmptyString : standing[4]).ConfigureAwait(false);
        }

        return ended;
    }

    private ValueTask<ExecutionHead?> HeadOf(long token) => heads.FindAsync((int)(token & int.MaxValue));

    private RedisKey Automation(AutomationId automation) => connection.Root("a:" + automation);

    private async Task GiveBackAsync(ExecutionHead head, long token)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.HashDeleteAsync(Automation(head.AutomationId).Append("slots"), token).ConfigureAwait(false);
    }
}
