using FlowDispatch.Limits;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;

namespace FlowDispatch.Tests.Limits;

/// <summary>Nodes that live on one bucket, seen from outside: in true time, in nanoseconds, while every clock in it shows something else.</summary>
/// <remarks>
/// Nodes ask as soon as they may. When it is calm they hand over as soon as they may, too; when it is tight, at the first or
/// at the last instant that a permit allows. When it is rough, they ask at random, the store's answers are slow, hand-overs
/// come early or late or too late, the provider throttles, and nodes die with what they hold.
/// </remarks>
internal sealed class PermitWorld
{
    public const long Second = 1_000_000_000;

    // What clocks count in: hundreds of nanoseconds, nanoseconds, and an old crystal.
    private static readonly long[] Frequencies = [10_000_000, 1_000_000_000, 3_579_545];

    private readonly Random _chance;
    private readonly int _seed;
    private readonly Mood _mood;
    private readonly long _spacing;
    private readonly long _validity;
    private readonly StoreClock _clock = new();
    private readonly ILimitStore _limits;
    private readonly Func<ILimitStore, TimeProvider, PermitPocket> _pocket;
    private readonly PriorityQueue<Node, long> _asking = new();
    private readonly List<long> _handOvers = [];
    private long _throttledAt;

    public PermitWorld(int nodes, int rate, bool perHour, int seed, Mood mood)
    {
        _chance = new(seed);
        _mood = mood;
        _seed = seed;
        _limits = new InMemoryStore(_clock).Limits;
        var validity = perHour ? PermitPocket.HourValidity : PermitPocket.SecondValidity;
        Period = perHour ? 3_600 * Second : Second;
        _validity = validity.Ticks * 100;
        _spacing = (Period + _validity) / rate;
        _pocket = perHour
            ? (limits, clock) => PermitPocket.PerHour(limits, "bucket", rate, clock)
            : (limits, clock) => PermitPocket.PerSecond(limits, "bucket", rate, clock);
        _throttledAt = Rough ? Upto(100 * (Second + _spacing)) : long.MaxValue;
        for (var i = 0; i < nodes; i++)
        {
            Begin(Rough ? Upto(3 * _validity) : 0);
        }
    }

    public enum Mood
    {
        Calm,
        Tight,
        Rough,
    }

    /// <summary>The rolling time that the rate is for.</summary>
    public long Period { get; }

    private bool Rough => _mood == Mood.Rough;

    /// <summary>Lets it run; the instants of all hand-overs, ascending.</summary>
    public async Task<List<long>> RunAsync(long lasting)
    {
        while (_asking.TryDequeue(out var node, out var looksAt) && looksAt < lasting)
        {
            await AskAsync(node);
        }

        _handOvers.RemoveAll(at => at >= lasting);
        _handOvers.Sort();
        return _handOvers;
    }

    public override string ToString() => $"Seed {_seed}, {_mood}";

    private async Task AskAsync(Node node)
    {
        if (node.LooksAt >= _throttledAt)
        {
            _clock.At = node.LooksAt;
            await _limits.HoldAsync("bucket", _clock.GetUtcNow().AddTicks(Upto(2 * _validity) / 100));
            _throttledAt += Upto(100 * (Second + _spacing));
        }

        node.Clock.At = node.AsksAt;
        var permit = await node.Pocket.TakeAsync(CancellationToken.None);
        if (node.Clock.At >= node.DiesAt)
        {
            Begin(node.DiesAt + Upto(5 * _validity));
            return;
        }

        if (permit is { } taken && HandOverAt(node, taken) is { } at && at < node.DiesAt)
        {
            _handOvers.Add(at);
        }

        Queue(node, node.Clock.At + Pause(node, permit is not null));
    }

    // Never again at once for nothing: whoever got none waits until the pocket says, or for a thousandth of a validity.
    private long Pause(Node node, bool taken)
    {
        if (Rough && _chance.Next(10) == 0)
        {
            var longOnes = Math.Min(0.3, (double)_spacing / _validity);
            return Upto(_chance.NextDouble() < longOnes ? 5 * _validity : 3 * _spacing);
        }

        return taken ? 0 : Math.Max((node.Pocket.NextAt - node.Clock.GetUtcNow()).Ticks * 100, _validity / 1_000);
    }

    private long? HandOverAt(Node node, Permit permit)
    {
        var now = node.Clock.At;
        var first = FirstFrom(now, node.Clock.TrueTime(permit.NotBefore), () => permit.DueIn(node.Clock) <= TimeSpan.Zero);
        var over = FirstFrom(now, node.Clock.TrueTime(permit.VoidAt), () => permit.IsVoid(node.Clock));
        node.Clock.At = now;
        if (first >= over)
        {
            return null;
        }

        return _mood switch
        {
            Mood.Calm => first,
            Mood.Tight => _chance.Next(2) == 0 ? first : over - 1,
            _ => _chance.Next(8) switch
            {
                0 => null, // frozen until it is void
                <= 2 => over - 1,
                <= 4 => first,
                _ => first + _chance.NextInt64(over - first),
            },
        };

        // The first instant at which the node's clock says so; its timestamps tell where to look.
        long FirstFrom(long from, long about, Func<bool> holds)
        {
            var (low, high) = (Math.Max(from, about - 2_000), Math.Max(from, about + 2_000));
            while (low < high)
            {
                node.Clock.At = low + ((high - low) / 2);
                (low, high) = holds() ? (low, node.Clock.At) : (node.Clock.At + 1, high);
            }

            return low;
        }
    }

    private void Begin(long at)
    {
        var clock = new NodeClock(Frequencies[_chance.Next(Frequencies.Length)], Upto(1_000_000 * Second));
        var node = new Node(clock);
        node.Pocket = _pocket(new SlowLimits(this, node), clock);
        node.DiesAt = Rough ? at + Upto(400 * Math.Max(_validity, _spacing)) : long.MaxValue;
        Queue(node, at);
    }

    private void Queue(Node node, long at)
    {
        // Most answers are prompt, some take about as long as a permit holds.
        var most = !Rough ? 1 : _chance.Next(8) == 0 ? _validity : _validity / 50;
        node.AsksAt = at;
        node.LooksAt = at + Upto(most);
        node.AnsweredAt = node.LooksAt + Upto(most);
        _asking.Enqueue(node, node.LooksAt);
    }

    private long Upto(long most) => _chance.NextInt64(most);

    private sealed class Node(NodeClock clock)
    {
        public NodeClock Clock { get; } = clock;

        public PermitPocket Pocket { get; set; } = null!;

        public long DiesAt { get; set; }

        public long AsksAt { get; set; }

        /// <summary>When the store looks at its clock; the questions of all nodes come to it in this order.</summary>
        public long LooksAt { get; set; }

        public long AnsweredAt { get; set; }
    }

    private sealed class SlowLimits(PermitWorld world, Node node) : ILimitStore
    {
        public async Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default)
        {
            world._clock.At = node.LooksAt;
            var grant = await world._limits.TakeAsync(key, spacing, count, horizon, cancellationToken);
            node.Clock.At = node.AnsweredAt;
            return grant;
        }

        public Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<DateTimeOffset?> CountAsync(string key, string holder, int count, TimeSpan period, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<string, DateTimeOffset>> PeekAsync(
            IReadOnlyCollection<string> keys, int count, TimeSpan period, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task UncountAsync(string key, string holder, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class StoreClock : TimeProvider
    {
        private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

        public long At { get; set; }

        public override DateTimeOffset GetUtcNow() => Start.AddTicks(At / 100);
    }

    private sealed class NodeClock(long frequency, long offset) : TimeProvider
    {
        public long At { get; set; }

        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => frequency == Second ? At + offset : (long)((Int128)(At + offset) * frequency / Second);

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks((At + offset) / 100);

        public long TrueTime(long timestamp) => (long)((Int128)timestamp * Second / frequency) - offset;
    }
}
