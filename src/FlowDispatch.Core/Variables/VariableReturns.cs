using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Variables;

/// <summary>Tells variable sources, once an execution has ended, who never got their values.</summary>
/// <remarks>
/// Read from the rows as they ended, so nothing has to be remembered on the way; the execution owes it until all were told. If
/// the process dies in between, or two nodes do it at once, sources hear of the same people again. One that failed as a whole
/// has not ended: it can be resumed, and its people sent to.
/// </remarks>
internal sealed class VariableReturns(
    IStore store, ITemplateEngine engine, VariableSourceDirectory sources, VariableSourceCalls calls, WorkQueue work, TimeProvider time, ILogger<VariableReturns> logger)
{
    private const int Executions = 100;
    private const int People = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);
    private static readonly RecipientFilter Ended = new([RecipientStatus.Skipped, RecipientStatus.Failed, RecipientStatus.Cancelled]);

    // Executions whose source failed, and until when it is left in peace; only what still owes is in here.
    private readonly Dictionary<int, DateTimeOffset> _resting = [];

    /// <summary>Works until <paramref name="stoppingToken"/> ends.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (sources.Names.Count > 0 && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                if (!stoppingToken.IsCancellationRequested)
                {
                    Log.ReturnsUnread(logger, failure);
                }
            }

            await work.DelayAsync(Interval, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var after = 0;
        var owing = new HashSet<int>();
        while (await store.Executions.FindOwingReturnsAsync(after, Executions, cancellationToken).ConfigureAwait(false) is { Count: > 0 } found)
        {
            foreach (var execution in found)
            {
                after = execution.Number;
                if (_resting.TryGetValue(execution.Number, out var until) && until > time.GetUtcNow())
                {
                    owing.Add(execution.Number);
                }
                else if (!await SettleAsync(execution, cancellationToken).ConfigureAwait(false))
                {
                    owing.Add(execution.Number);
                    _resting[execution.Number] = time.GetUtcNow() + Rest;
                }
            }
        }

        foreach (var number in _resting.Keys.Where(n => !owing.Contains(n)).ToList())
        {
            _resting.Remove(number);
        }
    }

    private async Task<bool> SettleAsync(Execution execution, CancellationToken cancellationToken)
    {
        try
        {
            var names = SourcesOf(execution);
            var people = store.Recipients.StreamAsync(execution.OrganizationId, execution.Id, Ended, cancellationToken: cancellationToken)
                .Where(NeverHadAny)
                .Chunk(People);
            await foreach (var batch in people.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                var returned = new VariableReturn
                {
                    OrganizationId = execution.OrganizationId,
                    AutomationId = execution.AutomationId,
                    ExecutionId = execution.Id,
                    TestMode = execution.Snapshot.TestMode,
                    People = [.. batch.Select(r => new ReturnedPerson(VariableKeys.Of(execution.Id, r.ContactId), r.ContactId))],
                };
                foreach (var name in names)
                {
                    await calls.TakeBackAsync(name, returned, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (VariableSourceException failure)
        {
            Log.ReturnFailed(logger, failure.InnerException ?? failure, execution.Id, failure.SourceName);
            return false;
        }
        catch (VariableMappingException failure)
        {
            // Its templates are beyond the bounds that this node has by now; the others' returns go on.
            Log.ReturnsUnread(logger, failure);
            return false;
        }

        await store.Executions.UpdateAsync(execution.OrganizationId, execution.Id, e => e.OwesReturns ? e with { OwesReturns = false } : e, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // Those that take nothing back are left alone. One that is not here is told by a node that has it.
    private List<string> SourcesOf(Execution execution)
    {
        var used = sources.UsedBy(execution.Snapshot, sources.Compile(execution.Snapshot.Settings.VariableMapping, engine));
        return [.. used.Where(name => (sources.Find(name) ?? throw VariableSourceException.NotRegistered(name)).TakesBack)];
    }

    // Not even an attempt that was refused: whoever may have seen a value keeps it.
    private static bool NeverHadAny(Recipient row) => row is
    {
        Open: false,
        Status: RecipientStatus.Skipped or RecipientStatus.Failed or RecipientStatus.Cancelled,
        Reached: Milestone.None,
        Attempts: 0,
        AttemptedAt: null,
        InDoubtSince: null,
        ProviderMessageId: null,
    };
}
