namespace FlowDispatch.DependencyInjection;

/// <summary>Chance for many threads: the base class alone would break when two ask at once.</summary>
internal sealed class SharedRandom : Random
{
    private readonly Lock _gate = new();

    public override double NextDouble()
    {
        lock (_gate)
        {
            return base.NextDouble();
        }
    }

    public override int Next(int minValue, int maxValue)
    {
        lock (_gate)
        {
            return base.Next(minValue, maxValue);
        }
    }
}
