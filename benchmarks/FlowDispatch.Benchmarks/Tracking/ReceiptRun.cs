using FlowDispatch.Benchmarks.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Benchmarks.Tracking;

/// <summary>One execution of a flow of one message, and then the receipts for its messages, handed in as webhooks do and settled by the node.</summary>
internal static class ReceiptRun
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public static async Task<ReceiptResult> MeasureAsync(BenchmarkStore store, int recipients, int concurrency, int batch, int callers)
    {
        try
        {
            using var host = new MeasuredHost(store, MeasuredFlow.OneMessage, concurrency, TimeSpan.Zero, new());
            host.Announce();
            await host.DispatchAsync(recipients);
            var receipts = await ReceiptPile.ForAsync(MeasuredFlow.OneMessage.Channel.Id, host.RowsAsync());
            GC.Collect();

            var from = host.Meter.Read();
            await Parallel.ForEachAsync(
                receipts.Batches(batch), new ParallelOptions { MaxDegreeOfParallelism = callers }, async (events, cancel) => await host.Inbox.ReceiveAsync(events, cancel));

            while (!await IsSettledAsync(host, recipients))
            {
                await Task.Delay(Look, TimeProvider.System);
            }

            var (time, cpu, calls) = host.Meter.Read().Since(from);
            var audit = await CheckAsync(host, recipients);
            await host.StopAsync();
            var (dispatching, perSecond) = (recipients / host.Meter.Dispatching.Time.TotalSeconds, receipts.Count / time.TotalSeconds);
            return new(
                store.Name,
                recipients,
                Math.Round(dispatching),
                receipts.Count,
                Math.Round(perSecond),
                Math.Round(perSecond / dispatching, 2),
                Math.Round(cpu.TotalSeconds, 3),
                Math.Round(1_000.0 * calls / receipts.Count, 1),
                audit.Consistent);
        }
        finally
        {
            store.CleanUp();
        }
    }

    // What is put off counts as well: the inbox is asked as of a time when all of it is due again.
    private static async Task<bool> IsSettledAsync(MeasuredHost host, int recipients)
    {
        var counters = await host.CountersAsync();
        return counters.Read == recipients && counters.Delivered == recipients
            && await host.Store.Inbox.ReadAsync(TimeProvider.System.GetUtcNow().AddYears(1), 1) is [];
    }

    private static async Task<ExecutionAudit> CheckAsync(MeasuredHost host, int recipients)
    {
        var audit = await host.AuditAsync();
        return audit is { Consistent: true } && audit.Rows.Read == recipients && audit.Rows.Delivered == recipients
            && audit.ByStatus.GetValueOrDefault(RecipientStatus.Read) == recipients
            ? audit
            : throw new InvalidMeasureException($"{recipients} messages were to be read, but the store says {audit?.Rows}.");
    }
}
