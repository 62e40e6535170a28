using Hangfire;

namespace FlowDispatch.Benchmarks.Peers;

/// <summary>The job of one recipient: waits as long as a provider would, then updates the recipient's row.</summary>
internal sealed class HangfireJob(RecipientTable rows, TimeSpan latency, TimeProvider time)
{
    private int _done;

    /// <summary>How many have run to their end.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Called by Hangfire's workers, which look for a public method.</summary>
    public async Task SendAsync(int recipient, string phone, Dictionary<string, string> variables)
    {
        if (latency > TimeSpan.Zero)
        {
            await Task.Delay(latency, time);
        }

        await rows.SentAsync(recipient, $"{phone}-{variables.Count}-{recipient}");
        Interlocked.Increment(ref _done);
    }

    /// <summary>Gives all workers this one.</summary>
    public sealed class Activator(HangfireJob job) : JobActivator
    {
        public override object ActivateJob(Type jobType) => job;
    }
}
