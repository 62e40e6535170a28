using FlowDispatch.Recipients;
using FlowDispatch.Tracking;

namespace FlowDispatch.Benchmarks.Tracking;

/// <summary>Receipts for messages that were sent: of each message that it was sent, delivered and read, all of them twice, in an order that is no order but always the same.</summary>
internal sealed class ReceiptPile
{
    private const int Seed = 1;
    private const int Times = 2;

    private static readonly ReceiptStatus[] Statuses = [ReceiptStatus.Sent, ReceiptStatus.Delivered, ReceiptStatus.Read];

    private readonly string _channel;
    private readonly List<(string Message, string Attempt)> _sent;
    private readonly int[] _order;
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow();

    private ReceiptPile(string channel, List<(string Message, string Attempt)> sent)
    {
        _channel = channel;
        _sent = sent;
        _order = [.. Enumerable.Range(0, sent.Count * Statuses.Length * Times)];
        new Random(Seed).Shuffle(_order);
    }

    public int Count => _order.Length;

    public static async Task<ReceiptPile> ForAsync(string channel, IAsyncEnumerable<Recipient> rows)
    {
        var sent = new List<(string Message, string Attempt)>();
        await foreach (var row in rows)
        {
            sent.Add((
                row.ProviderMessageId ?? throw new InvalidMeasureException($"Recipient {row.Id} was sent nothing, so there are no receipts for it."),
                new AttemptId(row.Id, row.Attempts).ToString()));
        }

        return new(channel, sent);
    }

    /// <summary>All of them, as webhooks bring them.</summary>
    public IEnumerable<InboundEvent[]> Batches(int size) => _order.Chunk(size).Select(chunk => Array.ConvertAll(chunk, Receipt));

    private InboundEvent Receipt(int number)
    {
        var (message, attempt) = _sent[number % _sent.Count];
        var status = Statuses[number / _sent.Count % Statuses.Length];
        return new InboundEvent.Receipt
        {
            ChannelId = _channel,
            At = _from.AddSeconds((int)status),
            ProviderMessageId = message,
            AttemptId = attempt,
            Status = status,
        };
    }
}
