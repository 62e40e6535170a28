using FlowDispatch.Storage;

namespace FlowDispatch.Limits;

/// <summary>A channel's permits in this node: taken in blocks, and dealt in turn to the executions that want them, so that none takes all.</summary>
/// <remarks>Safe for many runners at once.</remarks>
/// <param name="limits">Where they are taken.</param>
/// <param name="key">The channel's bucket.</param>
/// <param name="perSecond">Its rate.</param>
/// <param name="time">The clock.</param>
internal sealed class ChannelPermits(ILimitStore limits, string key, int perSecond, TimeProvider time)
{
    // Who has not asked for so long has nobody to send to; what was dealt to it meanwhile is void by then and lost.
    private static readonly TimeSpan Interest = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly PermitPocket _pocket = PermitPocket.PerSecond(limits, key, perSecond, time);
    private readonly List<Hand> _hands = [];
    private bool _dealing;

    /// <summary>The next permit for an execution; null when it has to wait, until <see cref="NextAt"/> at least.</summary>
    /// <param name="execution">Its number.</param>
    /// <param name="begun">True for a message of a run that has begun: those are dealt to first.</param>
    /// <param name="cancellationToken">Gives up; permits may be lost.</param>
    public async ValueTask<Permit?> TakeAsync(int execution, bool begun, CancellationToken cancellationToken)
    {
        Hand hand;
        lock (_gate)
        {
            hand = HandOf(execution);
            hand.AskedAt = time.GetTimestamp();
            hand.Begun = begun;
            if (hand.Take(time) is { } permit)
            {
                return permit;
            }

            if (_dealing)
            {
                return null;
            }

            _dealing = true;
        }

        try
        {
            while (await _pocket.TakeAsync(cancellationToken).ConfigureAwait(false) is { } permit)
            {
                Deal(permit);
            }
        }
        finally
        {
            lock (_gate)
            {
                _dealing = false;
            }
        }

        lock (_gate)
        {
            return hand.Take(time);
        }
    }

    /// <summary>When it is worth to ask again, by this node's clock.</summary>
    public DateTimeOffset NextAt()
    {
        lock (_gate)
        {
            var soon = time.GetUtcNow() + Soon;
            var next = _dealing ? soon : _pocket.NextAt;
            return next < soon ? soon : next;
        }
    }

    private void Deal(Permit permit)
    {
        lock (_gate)
        {
            _hands.RemoveAll(h => time.GetElapsedTime(h.AskedAt) > Interest);
            if (_hands.Count > 0)
            {
                var next = Math.Max(0, _hands.FindIndex(h => h is { Begun: true, IsEmpty: true }));
                var hand = _hands[next];
                _hands.RemoveAt(next);
                _hands.Add(hand);
                hand.Give(permit);
            }
        }
    }

    private Hand HandOf(int execution)
    {
        if (_hands.Find(h => h.Execution == execution) is { } known)
        {
            return known;
        }

        var hand = new Hand(execution);
        _hands.Add(hand);
        return hand;
    }

    private sealed class Hand(int execution)
    {
        private readonly Queue<Permit> _permits = new();

        public int Execution { get; } = execution;

        public long AskedAt { get; set; }

        public bool Begun { get; set; }

        public bool IsEmpty => _permits.Count == 0;

        public void Give(Permit permit) => _permits.Enqueue(permit);

        public Permit? Take(TimeProvider time)
        {
            while (_permits.TryDequeue(out var permit))
            {
                if (!permit.IsVoid(time))
                {
                    return permit;
                }
            }

            return null;
        }
    }
}
