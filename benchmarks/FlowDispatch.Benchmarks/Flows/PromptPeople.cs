using System.Globalization;
using System.Threading.Channels;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Benchmarks.Flows;

/// <summary>People who write back as soon as it is known that they were asked, and the webhook that brings what they write.</summary>
internal sealed class PromptPeople(string channel)
{
    private const int BatchSize = 1_000;

    private readonly Channel<InboundEvent.Reply> _written = Channel.CreateUnbounded<InboundEvent.Reply>(new() { SingleReader = true });
    private int _replies;

    /// <summary>Everybody writes to whom these say that the first message went.</summary>
    public void Hear(IReadOnlyList<ClaimedChange> results)
    {
        foreach (var asked in results.Select(r => r.Claimed).Where(r => r.FlowCurrentNode is null))
        {
            var reply = new InboundEvent.Reply
            {
                ChannelId = channel,
                At = TimeProvider.System.GetUtcNow(),
                ProviderMessageId = string.Create(CultureInfo.InvariantCulture, $"reply-{Interlocked.Increment(ref _replies)}"),
                From = asked.PhoneNumber,
                Text = "Yes, please",
            };
            _written.Writer.TryWrite(reply);
        }
    }

    /// <summary>Hands in what they write, at most 1,000 at a time, until <see cref="End"/>.</summary>
    public async Task DeliverAsync(Inbox inbox)
    {
        var batch = new List<InboundEvent>(BatchSize);
        while (await _written.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && _written.Reader.TryRead(out var reply))
            {
                batch.Add(reply);
            }

            await inbox.ReceiveAsync(batch);
            batch.Clear();
        }
    }

    /// <summary>Nobody writes any more.</summary>
    public void End() => _written.Writer.Complete();
}
