using System.Collections.Concurrent;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>Remembers the executions that receipts are about, so that a batch does not read each again. Safe for many threads.</summary>
internal sealed class RunDirectory(IExecutionStore executions)
{
    private const int MostRemembered = 1_000;

    private readonly ConcurrentDictionary<int, RunFacts> _runs = [];

    /// <summary>The execution of a recipient that exists; null where no execution has it.</summary>
    public ValueTask<RunFacts?> FindAsync(RecipientId recipient, CancellationToken cancellationToken) =>
        _runs.TryGetValue(recipient.ExecutionNumber, out var run) && recipient.Ordinal < run.Recipients
            ? new(run.Has(recipient) ? run : null)
            : ReadAsync(recipient, cancellationToken);

    private async ValueTask<RunFacts?> ReadAsync(RecipientId recipient, CancellationToken cancellationToken)
    {
        if (await executions.FindByNumberAsync(recipient.ExecutionNumber, cancellationToken).ConfigureAwait(false) is not { } execution)
        {
            return null;
        }

        if (_runs.Count >= MostRemembered)
        {
            _runs.Clear();
        }

        var run = RunFacts.Of(execution);
        _runs[recipient.ExecutionNumber] = run;
        return recipient.Ordinal < run.Recipients && run.Has(recipient) ? run : null;
    }
}
