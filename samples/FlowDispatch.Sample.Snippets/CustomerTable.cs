using System.Runtime.CompilerServices;

namespace FlowDispatch.Sample.Snippets;

/// <summary>Stands for the host's own table of customers.</summary>
public sealed class CustomerTable(TimeProvider time)
{
    private readonly List<Customer> _rows =
    [
        new("000001", "15550100123", "Dana", "A-1001", new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero)),
        new("000002", "15550100124", "Zoë", "A-1002", new(2026, 3, 9, 0, 0, 0, TimeSpan.Zero)),
    ];

    /// <summary>Customers without an order for so many days, by id.</summary>
    public async IAsyncEnumerable<Customer> LapsedAsync(int days, string? afterId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in _rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (string.CompareOrdinal(row.Id, afterId) > 0 && row.LastOrderAt < time.GetUtcNow().AddDays(-days))
            {
                yield return row;
            }
        }

        await Task.CompletedTask;
    }
}

/// <summary>A customer of the host.</summary>
public sealed record Customer(string Id, string Phone, string Name, string LastOrder, DateTimeOffset LastOrderAt);
