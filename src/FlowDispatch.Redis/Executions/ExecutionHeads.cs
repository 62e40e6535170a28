using System.Collections.Concurrent;
using FlowDispatch.Executions;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Rows;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

/// <summary>Finds executions, and remembers what of them never changes.</summary>
internal sealed class ExecutionHeads(RedisConnection connection)
{
    private const int MostKept = 1_000;

    private readonly ConcurrentDictionary<int, ExecutionHead> _kept = new();

    /// <summary>What of the execution never changes; null when there is none. One that was remembered may have been pruned since: whoever reads its rows or its fields finds that out.</summary>
    public async ValueTask<ExecutionHead?> FindAsync(int number)
    {
        if (_kept.TryGetValue(number, out var known))
        {
            return known;
        }

        if (number < 1)
        {
            return null;
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(Key(number), ["doc", "born", "pruned"]).ConfigureAwait(false);
        if (values[0].IsNull || !values[2].IsNull || (values[1] != 1 && !await AdoptAsync(number).ConfigureAwait(false)))
        {
            return null;
        }

        return Keep(new(ExecutionFields.Document(values[0])));
    }

    /// <summary>The same by its id, in its organization.</summary>
    public async ValueTask<ExecutionHead?> FindAsync(string organizationId, ExecutionId id) =>
        await NumberAsync(id).ConfigureAwait(false) is { } number
        && await FindAsync(number).ConfigureAwait(false) is { } head
        && head.Id == id && head.OrganizationId == organizationId
            ? head
            : null;

    /// <summary>The number behind an id, whatever its organization; null when there is none.</summary>
    public async Task<int?> NumberAsync(ExecutionId id)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var number = await database.StringGetAsync(NumberKey(id)).ConfigureAwait(false);
        return number.IsNull ? null : (int)number;
    }

    /// <summary>Where the number behind an id is kept.</summary>
    public RedisKey NumberKey(ExecutionId id) => connection.Root("x:" + id).Append("number");

    /// <summary>The execution as it stands now, with the version of its head; null where it was pruned since its head was remembered.</summary>
    public async Task<(Execution Execution, RedisValue Version)?> ReadAsync(ExecutionHead head)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(Key(head.Number), ExecutionFields.Names).ConfigureAwait(false);
        if (ExecutionFields.IsThere(values))
        {
            return (ExecutionFields.Read(values, head), values[1]);
        }

        Forget(head.Number);
        return null;
    }

    /// <summary>The execution as its head has it, also while it is being pruned; null where nothing is left of it.</summary>
    public async Task<Execution?> ReadEvenPrunedAsync(int number)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(Key(number), ExecutionFields.Names).ConfigureAwait(false);
        return values[1].IsNull ? null : ExecutionFields.Read(values, _kept.GetValueOrDefault(number));
    }

    /// <summary>Whether nobody pruned an execution that was remembered.</summary>
    public async Task<bool> IsThereAsync(int number)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(Key(number), ["version", "pruned"]).ConfigureAwait(false);
        return !values[0].IsNull && values[1].IsNull;
    }

    /// <summary>Remembers an execution no longer.</summary>
    public void Forget(int number) => _kept.TryRemove(number, out _);

    /// <summary>Executions by number, in that order; those that are gone are left out.</summary>
    public async Task<List<Execution>> ReadAllAsync(IEnumerable<RedisValue> numbers)
    {
        var heads = await Task.WhenAll(numbers.Select(async number => await FindAsync((int)number).ConfigureAwait(false))).ConfigureAwait(false);
        var read = await Task.WhenAll(heads.OfType<ExecutionHead>().Select(ReadAsync)).ConfigureAwait(false);
        return [.. read.OfType<(Execution Execution, RedisValue Version)>().Select(r => r.Execution)];
    }

    /// <summary>A process may have ended between making a start and saying so in the head: then the organization's slot knows of it, and it is born here.</summary>
    /// <returns>False where the start was never made, so that there is no such execution.</returns>
    public async Task<bool> AdoptAsync(int number)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var organization = await database.HashGetAsync(Key(number), "organization").ConfigureAwait(false);
        if (organization.IsNull
            || await database.SortedSetScoreAsync(connection.Root("o:" + organization).Append("executions"), number).ConfigureAwait(false) is null)
        {
            return false;
        }

        await database.HashSetAsync(Key(number), "born", 1).ConfigureAwait(false);
        return true;
    }

    public RedisKey Key(int number) => connection.Root(number).Append("h");

    private ExecutionHead Keep(ExecutionHead head)
    {
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        return _kept[head.Number] = head;
    }
}
