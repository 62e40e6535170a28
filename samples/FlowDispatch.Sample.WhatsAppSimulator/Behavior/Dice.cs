namespace FlowDispatch.Sample.Simulator;

/// <summary>Decides over messages by the behaviour in force. All chance comes from one <see cref="Random"/>, under one lock.</summary>
internal sealed class Dice
{
    private readonly Func<Random> _newRandom;
    private readonly SimulatorBehavior _initial;
    private readonly Lock _gate = new();
    private readonly Throttle _throttle = new();
    private readonly Dictionary<ErrorRate, int> _errorsGiven = new(ReferenceEqualityComparer.Instance);
    private SimulatorBehavior _behavior;
    private Random _random;

    /// <summary>Chance comes from a new <see cref="Random"/> now and after each <see cref="Reset"/>.</summary>
    public Dice(Func<Random> newRandom, SimulatorBehavior initial)
    {
        _newRandom = newRandom;
        _initial = initial;
        _random = newRandom();
        _behavior = initial;
    }

    public SimulatorBehavior Behavior
    {
        get => Volatile.Read(ref _behavior);
        set
        {
            lock (_gate)
            {
                _errorsGiven.Clear(); // "max" counts from when it was asked for
                _behavior = value;
            }
        }
    }

    /// <summary>As at start: the first behaviour, and the same sequence of choices if there is a seed.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _random = _newRandom();
            _throttle.Clear();
            Behavior = _initial;
        }
    }

    public Decision Decide(SendRequest request, string phoneNumberId, DateTimeOffset now)
    {
        lock (_gate)
        {
            var at = now.ToUnixTimeMilliseconds();
            var latency = Draw(_behavior.LatencyMs);
            if (Refusal(request, phoneNumberId, at) is { } code)
            {
                return new Decision(new ProviderError(code), latency, false, false, []);
            }

            var first = Happens(_behavior.ReceiptsBeforeAnswer);
            var failure = SpecialCases.FailureOf(request) ?? OneOf(_behavior.FailedReceipts);
            return new Decision(null, latency, Happens(_behavior.LostAnswers), first, Plan(at, latency, failure, first));
        }
    }

    private int? Refusal(SendRequest request, string phoneNumberId, long at)
    {
        if (SpecialCases.RefusalOf(request) is { } special)
        {
            return special;
        }

        return _behavior.Throttle is { } limit && !_throttle.TryTake(phoneNumberId, limit, at) ? 130429 : OneOf(_behavior.Errors);
    }

    private int? OneOf(IReadOnlyList<ErrorRate> rates)
    {
        foreach (var rate in rates)
        {
            if (!Happens(rate.Probability))
            {
                continue;
            }

            var given = _errorsGiven.GetValueOrDefault(rate);
            if (rate.Max is null || given < rate.Max)
            {
                _errorsGiven[rate] = given + 1;
                return rate.Code;
            }
        }

        return null;
    }

    private List<Receipt> Plan(long acceptedAt, int latency, int? failure, bool first)
    {
        var receipts = new List<Receipt>(4);
        var at = acceptedAt + latency + Draw(_behavior.SentAfterMs);
        if (failure is { } code)
        {
            receipts.Add(new Receipt("failed", at, at, code));
        }
        else
        {
            receipts.Add(new Receipt("sent", at, at));
            at += Draw(_behavior.DeliveredAfterMs);
            if (!Happens(_behavior.SkipDelivered))
            {
                receipts.Add(new Receipt("delivered", at, at));
            }

            if (Happens(_behavior.Read))
            {
                at += Draw(_behavior.ReadAfterMs);
                receipts.Add(new Receipt("read", at, at));
            }
        }

        if (Happens(_behavior.ReorderReceipts))
        {
            // The slots stay, their holders change places: what happened last is told first.
            var slots = receipts.ConvertAll(receipt => receipt.Due);
            receipts.Reverse();
            for (var i = 0; i < slots.Count; i++)
            {
                receipts[i] = receipts[i] with { Due = slots[i] };
            }
        }

        for (int i = 0, planned = receipts.Count; i < planned; i++)
        {
            receipts[i] = receipts[i] with { Due = receipts[i].Due + _behavior.LateReceiptsMs };
            if (Happens(_behavior.DuplicateReceipts))
            {
                receipts.Add(receipts[i] with { Due = receipts[i].Due + _random.Next(1001) });
            }
        }

        var planInTime = receipts.OrderBy(receipt => receipt.Due).ToList(); // a stable sort: a copy never precedes its original
        if (first)
        {
            planInTime[0] = planInTime[0] with { At = acceptedAt, Due = acceptedAt };
        }

        return planInTime;
    }

    private bool Happens(double probability) => probability > 0 && _random.NextDouble() < probability;

    private int Draw(MillisecondRange range) => range.Min == range.Max ? range.Min : (int)_random.NextInt64(range.Min, range.Max + 1L);
}
