using FlowDispatch.Benchmarks.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Benchmarks.Flows;

/// <summary>One execution that asks everybody with the window policy's template, hears each reply, and sends its message then.</summary>
internal static class ReplyRun
{
    public static async Task<FlowResult> MeasureAsync(BenchmarkStore store, int recipients, int concurrency, DispatchResult message)
    {
        try
        {
            var people = new PromptPeople(MeasuredFlow.AfterReply.Channel.Id);
            using var host = new MeasuredHost(store, MeasuredFlow.AfterReply, concurrency, TimeSpan.Zero, new() { OnResults = people.Hear });
            host.Announce();
            var dispatching = host.DispatchAsync(recipients);
            var delivering = people.DeliverAsync(host.Inbox);

            // What can't be handed in is never answered: then the run would wait for a day.
            await await Task.WhenAny(dispatching, delivering);
            people.End();
            await delivering;

            var audit = await CheckAsync(host, recipients);
            await host.StopAsync();
            return Result(message, host.Meter, recipients, audit);
        }
        finally
        {
            store.CleanUp();
        }
    }

    private static async Task<ExecutionAudit> CheckAsync(MeasuredHost host, int recipients)
    {
        var audit = await host.AuditAsync();
        if (audit is null || !audit.Consistent || audit.Rows.Completed != recipients || audit.ByStatus.GetValueOrDefault(RecipientStatus.Completed) != recipients)
        {
            throw new InvalidMeasureException($"{recipients} people were to reply and be answered, but the store says {audit?.Rows}.");
        }

        await foreach (var row in host.RowsAsync())
        {
            if (row is not { FlowOutcome: "completed", Attempts: 2, RepliedAt: not null })
            {
                throw new InvalidMeasureException($"Recipient {row.Id} was to be asked and answered, but its run ended with {row.FlowOutcome} after {row.Attempts} messages.");
            }
        }

        return audit;
    }

    private static FlowResult Result(DispatchResult message, StoreMeter meter, int recipients, ExecutionAudit audit)
    {
        var (time, cpu, calls) = meter.Dispatching;
        var (perSecond, cpuUs, messageCpuUs) = (recipients / time.TotalSeconds, cpu.TotalMicroseconds / recipients, 1_000_000 * message.CpuSeconds / recipients);
        return new(
            message.Store,
            recipients,
            message.DispatchPerSecond,
            Math.Round(perSecond),
            Math.Round(message.DispatchPerSecond / perSecond, 2),
            Math.Round(messageCpuUs, 1),
            Math.Round(cpuUs, 1),
            Math.Round(cpuUs / messageCpuUs, 2),
            message.StoreRoundTripsPer1000,
            Math.Round(1_000.0 * calls / recipients, 1),
            audit.Consistent);
    }
}
