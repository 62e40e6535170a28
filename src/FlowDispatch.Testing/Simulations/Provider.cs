using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Testing.Simulations;

/// <summary>A provider with a memory that no crash of ours touches: it knows what it really took, and reports it now and then.</summary>
internal sealed class Provider(World world, SimulationPlan plan)
{
    public const string Kind = "simulated";

    private readonly Dictionary<AttemptId, HandOver> _byKey = [];
    private readonly List<(int Execution, int Count)> _most = [];
    private int _messages;

    /// <summary>Every message that was put into its hands, in that order.</summary>
    public List<HandOver> HandOvers { get; } = [];

    /// <summary>Receipts that no node has acknowledged yet.</summary>
    public int Undelivered { get; private set; }

    /// <summary>The nodes that receipts may be told to.</summary>
    public Func<IReadOnlyList<SimulatedNode>> Receivers { get; set; } = () => [];

    /// <summary>From now on everything is taken, and every answer comes.</summary>
    public bool Calm { get; set; }

    /// <summary>The most messages that living processes had in its hands at once, of these executions together.</summary>
    public int MostInHand(IReadOnlySet<int> executions) => _most.Where(m => executions.Contains(m.Execution)).Select(m => m.Count).DefaultIfEmpty().Max();

    public IMessageSender SenderOf(SimulatedNode node) => new Sender(this, node);

    private async Task<SendResult> SendAsync(SimulatedNode node, OutgoingMessage message, CancellationToken cancellationToken)
    {
        var handOver = new HandOver(node, message, world.Now, node.Clock.Offset);
        HandOvers.Add(handOver);
        CountHands(message);
        world.Note($"{node.Name} hands over {Name(message)} to {message.To}");
        try
        {
            await WaitAsync(node, cancellationToken).ConfigureAwait(false);
            if (!Calm && world.Happens(plan.NeverConnected))
            {
                return handOver.Answer(world.Now, new SendResult.Failed(ReasonCodes.NotConnected, "No connection was made."));
            }

            // A key that it knows as taken is not refused for good: that is what makes sends idempotent.
            var known = plan.Capabilities.HasFlag(SenderCapabilities.IdempotentSends) && _byKey.ContainsKey(message.AttemptId);
            if (Refusal() is { } refusal && !(known && refusal is SendResult.Rejected))
            {
                await WaitAsync(node, cancellationToken).ConfigureAwait(false);
                return handOver.Answer(world.Now, refusal);
            }

            if (!Calm && world.Happens(plan.LostRequests))
            {
                await LoseAsync(node, handOver, cancellationToken).ConfigureAwait(false);
            }

            Take(handOver);
            if (!Calm && world.Happens(plan.LostAnswers))
            {
                await LoseAsync(node, handOver, cancellationToken).ConfigureAwait(false);
            }

            await WaitAsync(node, cancellationToken).ConfigureAwait(false);
            return handOver.Answer(world.Now, new SendResult.Accepted(handOver.MessageId!));
        }
        catch (OperationCanceledException)
        {
            world.Note($"{Name(message)} cut off");
            return handOver.Answer(world.Now, new SendResult.InDoubt("Cut off."));
        }
        finally
        {
            handOver.IsOver = true;
            world.Detail(node, $"has {Name(message)} back");
        }
    }

    // A frozen process can't give up what it holds, and has a moment for that when it comes back.
    private void CountHands(OutgoingMessage message)
    {
        var settle = TimeSpan.FromSeconds(1);
        var hands = HandOvers.Where(h => !h.IsOver && h.Node.Alive && h.Node.StalledUntil + settle <= world.Now);
        _most.Add((message.AttemptId.Recipient.ExecutionNumber, hands.Count(h => Together(h.Message, message))));
    }

    private bool Together(OutgoingMessage one, OutgoingMessage other) =>
        plan.OneAutomation || one.AttemptId.Recipient.ExecutionNumber == other.AttemptId.Recipient.ExecutionNumber;

    private async Task LoseAsync(SimulatedNode node, HandOver handOver, CancellationToken cancellationToken)
    {
        world.Note($"{Name(handOver.Message)} answer lost");
        await WaitAsync(node, cancellationToken).ConfigureAwait(false);
        throw new IOException("The connection broke.");
    }

    private static string Name(OutgoingMessage message) => $"{message.AttemptId.Recipient.ExecutionNumber}.{message.AttemptId.Recipient.Ordinal}/{message.AttemptId.Number}";

    private SendResult? Refusal()
    {
        var dice = world.Chance.NextDouble();
        if (Calm)
        {
            return null;
        }

        return dice < plan.Transient ? new SendResult.Failed("131000", "Busy.")
            : (dice -= plan.Transient) < plan.Permanent ? new SendResult.Rejected("131026", "Not there.")
            : dice - plan.Permanent < plan.Throttled ? new SendResult.Throttled("130429", world.Between(0.5, 4))
            : null;
    }

    private void Take(HandOver handOver)
    {
        var key = handOver.Message.AttemptId;
        if (plan.Capabilities.HasFlag(SenderCapabilities.IdempotentSends) && _byKey.TryGetValue(key, out var known))
        {
            handOver.MessageId = known.MessageId;
            world.Note($"{Name(handOver.Message)} known already");
            return;
        }

        _byKey[key] = handOver;
        handOver.MessageId = $"m{++_messages}";
        handOver.TakenAt = world.Now;
        world.Note($"{Name(handOver.Message)} taken");
        if (!plan.Capabilities.HasFlag(SenderCapabilities.Receipts))
        {
            return;
        }

        if (!Calm && world.Happens(plan.FailedReceipts))
        {
            Report(handOver, ReceiptStatus.Sent);
            Report(handOver, ReceiptStatus.Failed);
            handOver.FailsAt = world.Now;
            return;
        }

        var last = (ReceiptStatus)world.Chance.Next((int)ReceiptStatus.Sent, (int)ReceiptStatus.Read + 1);
        for (var status = ReceiptStatus.Sent; status <= last; status++)
        {
            if (status == last || !world.Happens(0.3))
            {
                Report(handOver, status);
            }
        }
    }

    private void Report(HandOver handOver, ReceiptStatus status)
    {
        var copies = world.Happens(plan.DoubledReceipts) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            Undelivered++;
            var delay = world.Happens(0.3) ? TimeSpan.Zero : world.Between(0, plan.LongestReceipt);
            world.After(delay, null, () => _ = world.Go("A receipt", () => DeliverAsync(handOver, status)));
        }
    }

    private async Task DeliverAsync(HandOver handOver, ReceiptStatus status)
    {
        var receipt = new InboundEvent.Receipt
        {
            ChannelId = handOver.Message.Channel.Id,
            At = world.Now,
            ProviderMessageId = handOver.MessageId!,
            AttemptId = handOver.Message.AttemptId.ToString(),
            Status = status,
            ErrorCode = status == ReceiptStatus.Failed ? "131000" : null,
            IsTransient = status == ReceiptStatus.Failed,
        };
        for (var tries = 1; ; tries++)
        {
            var nodes = Receivers().Where(n => n.Alive && n.StalledFor() <= TimeSpan.Zero).ToList();
            if (nodes.Count > 0)
            {
                var node = nodes[world.Chance.Next(nodes.Count)];
                var acknowledged = new TaskCompletionSource<bool>();
                node.Post(() => _ = TellAsync(node, receipt, acknowledged));
                world.After(TimeSpan.FromSeconds(10), null, () => acknowledged.TrySetResult(false));
                if (await acknowledged.Task.ConfigureAwait(false))
                {
                    world.Note($"{Name(handOver.Message)} receipt {status} acknowledged");
                    handOver.Acknowledge(status, world.Now);
                    Undelivered--;
                    return;
                }
            }

            // Ever more rarely, so that a receipt may come long after the grace time, but never giving up within what a test runs.
            await world.PauseAsync(null, TimeSpan.FromSeconds(Math.Min(3 * tries * tries, 25))).ConfigureAwait(false);
        }
    }

    private static async Task TellAsync(SimulatedNode node, InboundEvent receipt, TaskCompletionSource<bool> acknowledged)
    {
        try
        {
            await node.Services.GetRequiredService<Inbox>().ReceiveAsync([receipt]).ConfigureAwait(false);
            acknowledged.TrySetResult(true);
        }
        catch (StoreAwayException)
        {
            acknowledged.TrySetResult(false);
        }
    }

    private async Task WaitAsync(SimulatedNode node, CancellationToken cancellationToken)
    {
        if (world.Happens(plan.Prompt))
        {
            return;
        }

        var slow = !Calm && world.Happens(plan.VerySlow);
        await node.DelayAsync(slow ? world.Between(1, 12) : world.Between(0.005, plan.Latency), node.Clock, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed class Sender(Provider provider, SimulatedNode node) : IMessageSender
    {
        public SenderCapabilities Capabilities => provider.Capabilities;

        public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default) => provider.SendAsync(node, message, cancellationToken);
    }

    private SenderCapabilities Capabilities => plan.Capabilities;
}
