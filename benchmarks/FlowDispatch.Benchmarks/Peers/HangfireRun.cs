using System.Diagnostics;
using Hangfire;

namespace FlowDispatch.Benchmarks.Peers;

/// <summary>One run on Hangfire: a job a recipient, since it enqueues one at a time, and then its workers.</summary>
internal static class HangfireRun
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task<PeerResult> MeasureAsync(HangfireStore store, int recipients, int concurrency, TimeSpan latency)
    {
        await using var rows = await RecipientTable.CreateAsync(store.Rows, recipients, concurrency * 2);
        try
        {
            var storage = store.Open(rows);
            var enqueueing = Enqueue(new BackgroundJobClient(storage), recipients);
            var (dispatching, cpu) = await DispatchAsync(storage, new HangfireJob(rows, latency, TimeProvider.System), recipients, concurrency);

            if (await rows.CountSentAsync() is var sent && sent != recipients)
            {
                throw new InvalidMeasureException($"{recipients} recipients were to be sent to, but {sent} rows say so.");
            }

            using var process = Process.GetCurrentProcess();
            return new(
                "hangfire",
                store.Name,
                recipients,
                Math.Round(recipients / enqueueing.TotalSeconds),
                Math.Round(recipients / dispatching.TotalSeconds),
                Math.Round(cpu.TotalSeconds, 3),
                Math.Round(process.PeakWorkingSet64 / 1_048_576.0, 1));
        }
        finally
        {
            await store.CleanUpAsync();
        }
    }

    private static TimeSpan Enqueue(BackgroundJobClient client, int recipients)
    {
        var from = Stopwatch.GetTimestamp();
        for (var recipient = 0; recipient < recipients; recipient++)
        {
            var person = SamplePeople.Contact(recipient);
            var (number, phone, variables) = (recipient, person.WhatsAppId, Variables(person));
            client.Enqueue<HangfireJob>(job => job.SendAsync(number, phone, variables));
        }

        return Stopwatch.GetElapsedTime(from);
    }

    // What the five variables of a dispatch run come to.
    private static Dictionary<string, string> Variables(Contacts.Contact person) => new(StringComparer.Ordinal)
    {
        ["a"] = person.Name!,
        ["b"] = $"{person.CustomFields["loyalty_points"]}",
        ["c"] = "10%",
        ["filters"] = person.Name!.Split(' ')[0],
        ["if"] = person.CustomFields["points"] is > 100L ? "Gold" : "Silver",
    };

    private static async Task<(TimeSpan Time, TimeSpan Cpu)> DispatchAsync(JobStorage storage, HangfireJob job, int recipients, int concurrency)
    {
        var (from, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions { WorkerCount = concurrency, Activator = new HangfireJob.Activator(job) }, storage);
        while (job.Done < recipients)
        {
            await Task.Delay(Look, TimeProvider.System);
        }

        // A job is done for Hangfire once it has stored so, a moment after it ran; asked for only then, since the answer costs it.
        while (storage.GetMonitoringApi().GetStatistics().Succeeded < recipients)
        {
            await Task.Delay(Look, TimeProvider.System);
        }

        return (Stopwatch.GetElapsedTime(from), Environment.CpuUsage.TotalTime - cpu);
    }
}
