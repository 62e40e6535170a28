using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Redis.Automations;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

internal sealed class RedisExecutionStore(RedisConnection connection, ExecutionHeads heads, OpenExecutions open, ChannelIndex channels, News news) : IExecutionStore
{
    private static readonly RedisScript StartScript = RedisScript.Load("idempotency", "start");
    private static readonly RedisScript HeadScript = RedisScript.Load("head");
    private static readonly RedisScript UpdateScript = RedisScript.Load("update");

    private readonly ExecutionPlans _plans = new(connection, heads, open, channels);

    public async Task<ExecutionCreation> CreateAsync(
        Execution execution, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var organization = connection.Root("o:" + execution.OrganizationId);
        var numbered = await BeginAsync(execution).ConfigureAwait(false);
        var byId = heads.NumberKey(numbered.Id);
        await connection.WriteAsync(byId, d => d.StringSetAsync(byId, numbered.Number)).ConfigureAwait(false);
        try
        {
            var answer = respond?.Invoke(numbered);
            if (await StartAsync(database, organization, numbered, answer).ConfigureAwait(false) is { } existing)
            {
                await UndoAsync().ConfigureAwait(false);
                return new(null, existing);
            }
        }
        catch (Exception refused) when (refused is not RedisException and not TimeoutException)
        {
            await UndoAsync().ConfigureAwait(false);
            throw;
        }

        // If the process ends here, whoever looks for the execution next lets it be born (ExecutionHeads.AdoptAsync).
        await database.HashSetAsync(heads.Key(numbered.Number), "born", 1).ConfigureAwait(false);
        await open.AddAsync(numbered.Number).ConfigureAwait(false);
        await news.TellAsync().ConfigureAwait(false);
        return new(numbered, null);

        async Task UndoAsync()
        {
            await database.KeyDeleteAsync(heads.Key(numbered.Number)).ConfigureAwait(false);
            await database.KeyDeleteAsync(heads.NumberKey(numbered.Id)).ConfigureAwait(false);
            await open.RemoveAsync(numbered.Number).ConfigureAwait(false);
        }
    }

    public async Task<IdempotencyEntry?> FindIdempotencyAsync(
        string organizationId, string key, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var kept = await database.HashGetAsync(connection.Root("o:" + organizationId).Append("answer:" + key), "doc").ConfigureAwait(false);
        return IdempotencyText.Read(kept) is { } entry && now - entry.CreatedAt < IdempotencyEntry.Lifetime ? entry : null;
    }

    public async Task<Execution?> FindAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) =>
        await heads.FindAsync(organizationId, id).ConfigureAwait(false) is { } head ? (await heads.ReadAsync(head).ConfigureAwait(false))?.Execution : null;

    public async Task<Execution?> FindByNumberAsync(int number, CancellationToken cancellationToken = default) =>
        await heads.FindAsync(number).ConfigureAwait(false) is { } head ? (await heads.ReadAsync(head).ConfigureAwait(false))?.Execution : null;

    public async Task<Page<Execution>> ListAsync(
        string organizationId, AutomationId? automation, PageRequest page, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var key = Listing(organizationId, automation);
        var total = (int)await database.SortedSetLengthAsync(key).ConfigureAwait(false);
        var numbers = page.Cursor is null
            ? await database.SortedSetRangeByRankAsync(key, page.Offset, (long)page.Offset + page.Size, Order.Descending).ConfigureAwait(false)
            : await database.SortedSetRangeByScoreAsync(
                key, double.NegativeInfinity, Paging.Cursor(page.Cursor), Exclude.Stop, Order.Descending, 0, page.Size + 1).ConfigureAwait(false);
        var shown = numbers.Take(page.Size).ToList();
        return new(await heads.ReadAllAsync(shown).ConfigureAwait(false), total, numbers.Length > page.Size ? shown[^1].ToString() : null);
    }

    public Task<AutomationTotals> SumAsync(string organizationId, AutomationId automation, CancellationToken cancellationToken = default) =>
        AutomationSums.ReadAsync(connection, heads, organizationId, automation, cancellationToken);

    public async Task<Execution?> UpdateAsync(
        string organizationId, ExecutionId id, Func<Execution, Execution> change, CancellationToken cancellationToken = default)
    {
        if (await heads.FindAsync(organizationId, id).ConfigureAwait(false) is not { } head)
        {
            return null;
        }

        while (true)
        {
            if (await heads.ReadAsync(head).ConfigureAwait(false) is not var (before, version))
            {
                return null;
            }

            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return before;
            }

            after = after with { Number = before.Number, Counters = before.Counters };
            if (after.IsOpen)
            {
                await open.AddAsync(head.Number, head.OrganizationId, head.AutomationId).ConfigureAwait(false);
            }

            if (after.OwesReturns && !before.OwesReturns)
            {
                await open.AddOwingAsync(head.Number).ConfigureAwait(false);
            }

            var arguments = new ScriptArguments(connection).Add(version)
                .AddList([.. ExecutionFields.Changing(after).SelectMany(f => new[] { f.Name, f.Value })]);
            if ((int)await connection.RunAsync(UpdateScript, connection.Root(head.Number), arguments, cancellationToken).ConfigureAwait(false) == 1)
            {
                if (after.IsOpen)
                {
                    await open.AddAsync(head.Number, head.OrganizationId, head.AutomationId).ConfigureAwait(false);
                }

                await news.TellAsync().ConfigureAwait(false);
                return after;
            }
        }
    }

    public async Task<IReadOnlyList<Execution>> FindOwingReturnsAsync(int after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000);
        var owing = new List<Execution>();
        RedisValue[] numbers;
        do
        {
            numbers = await open.ReadOwingAsync(after, limit).ConfigureAwait(false);
            foreach (var execution in await heads.ReadAllAsync(numbers).ConfigureAwait(false))
            {
                // Only one that runs begins to owe.
                var ended = execution.Status is ExecutionStatus.Completed or ExecutionStatus.Cancelled;
                if (ended && !execution.OwesReturns)
                {
                    await open.RemoveOwingAsync(execution.Number).ConfigureAwait(false);
                }
                else if (ended && execution.Counters.Open == 0 && owing.Count < limit)
                {
                    owing.Add(execution);
                }
            }

            after = numbers.Length > 0 ? (int)numbers[^1] : after;
        }
        while (owing.Count < limit && numbers.Length == limit);

        return owing;
    }

    public async Task<IReadOnlyList<ErrorCount>> CountErrorsAsync(ExecutionId id, CancellationToken cancellationToken = default)
    {
        if (await heads.NumberAsync(id).ConfigureAwait(false) is not { } number || !await heads.IsThereAsync(number).ConfigureAwait(false))
        {
            return [];
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var counts = await database.HashGetAllAsync(connection.Root(number).Append("x")).ConfigureAwait(false);
        return
        [
            .. counts.Select(c => new ErrorCount(c.Name.ToString(), (int)c.Value)).Where(c => c.Count > 0)
                .OrderByDescending(c => c.Count).ThenBy(c => c.Code, StringComparer.Ordinal),
        ];
    }

    public Task<PlanLease?> LeasePlanAsync(string node, TimeSpan lease, CancellationToken cancellationToken = default) =>
        _plans.LeaseAsync(lease, cancellationToken);

    public Task<bool> AppendPlanAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken = default) =>
        _plans.AppendAsync(lease, batch, cancellationToken);

    public Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default) => _plans.ReleaseAsync(lease);

    public Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) =>
        ExecutionAudits.CountAsync(connection, heads, organizationId, id);

    private RedisKey Listing(string organizationId, AutomationId? automation) =>
        connection.Root("o:" + organizationId).Append(automation is null ? "executions" : "executions:" + automation);

    // Null when the start was made; otherwise the entry that has its key.
    // The head comes first and unborn: a process that ends before the start is made leaves a head that nobody sees.
    private async Task<Execution> BeginAsync(Execution execution)
    {
        var counter = connection.Shared.Append("number");
        while (true)
        {
            var numbered = execution with
            {
                Number = (int)await connection.WriteAsync(counter, d => d.StringIncrementAsync(counter)).ConfigureAwait(false),
                Counters = default,
            };
            await open.AddAsync(numbered.Number).ConfigureAwait(false);
            if (numbered.OwesReturns)
            {
                await open.AddOwingAsync(numbered.Number).ConfigureAwait(false);
            }

            var arguments = new ScriptArguments(connection);
            foreach (var field in ExecutionFields.New(numbered))
            {
                arguments.Add(field.Name).Add(field.Value);
            }

            // A number is never given twice but where the slot that counts them lost the last ones in a failover.
            if ((int)await connection.RunAsync(HeadScript, connection.Root(numbered.Number), arguments).ConfigureAwait(false) == 1)
            {
                return numbered;
            }
        }
    }

    private async Task<IdempotencyEntry?> StartAsync(IDatabase database, RedisKey organization, Execution execution, IdempotencyEntry? answer)
    {
        while (true)
        {
            var expected = await database.HashGetAsync(organization.Append("automations"), execution.AutomationId.ToString()).ConfigureAwait(false);
            var automation = RedisAutomationStore.Read(expected);
            var active = automation is null or { Status: AutomationStatus.Active or AutomationStatus.Archived }
                ? RedisValue.EmptyString
                : RedisAutomationStore.Write(automation with { Status = AutomationStatus.Active, UpdatedAt = execution.CreatedAt });
            if (automation is { Status: AutomationStatus.Archived }
                && (answer is null || await FindIdempotencyAsync(execution.OrganizationId, answer.Key, answer.CreatedAt).ConfigureAwait(false) is null))
            {
                throw new AutomationArchivedException();
            }

            var arguments = new ScriptArguments(connection)
                .Add(execution.AutomationId.ToString()).Add(expected.IsNull ? RedisValue.EmptyString : expected).Add(active)
                .Add(execution.Number);
            IdempotencyText.AddTo(arguments, answer, connection.OwnClock);
            var result = (RedisValue[])(await connection.RunAsync(StartScript, organization, arguments).ConfigureAwait(false))!;
            switch (result[0].ToString())
            {
                case "made":
                    return null;
                case "taken":
                    return IdempotencyText.Read(result[1]);
                default:
                    break; // the automation was changed meanwhile: look again
            }
        }
    }
}
