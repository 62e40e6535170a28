namespace FlowDispatch.Testing.Simulations;

/// <summary>How the store behaves towards one node at the moment.</summary>
internal sealed class StoreWeather(World world, SimulatedNode node, StoreClimate climate)
{
    /// <summary>Before the store is asked.</summary>
    public async ValueTask BeforeAsync(string member)
    {
        world.Detail(node, member);
        climate.Asked?.Invoke(member);
        await PauseAsync().ConfigureAwait(false);
        if (climate.IsAway || world.Happens(climate.Refusals))
        {
            world.Note($"{node.Name} {member} refused");
            throw new StoreAwayException($"The store did not take {member}.");
        }
    }

    /// <summary>After it did as told.</summary>
    public async ValueTask AfterAsync(string member)
    {
        await PauseAsync().ConfigureAwait(false);
        if (world.Happens(climate.LostAnswers))
        {
            world.Note($"{node.Name} {member} answer lost");
            throw new StoreAwayException($"The answer to {member} was lost.");
        }
    }

    private Task PauseAsync() =>
        world.Happens(climate.Slow) ? world.PauseAsync(node, world.Happens(0.1) ? world.Between(0.2, 2) : world.Between(0.001, 0.05))
        : climate.Latency > TimeSpan.Zero ? world.PauseAsync(node, climate.Latency)
        : world.Happens(climate.Interleaved) ? world.PauseAsync(node, TimeSpan.Zero)
        : Task.CompletedTask;
}

/// <summary>How the store behaves; it changes with time.</summary>
internal sealed class StoreClimate
{
    /// <summary>How often a call is refused before it did anything.</summary>
    public double Refusals { get; set; }

    /// <summary>How often a call is done and its answer lost.</summary>
    public double LostAnswers { get; set; }

    /// <summary>How often the store takes its time.</summary>
    public double Slow { get; set; }

    /// <summary>How long question and answer are each on their way, where nothing slower happens.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>How often something else runs between question and effect, and between effect and answer.</summary>
    public double Interleaved { get; set; } = 0.3;

    /// <summary>Told of each call, by its member's name.</summary>
    public Action<string>? Asked { get; set; }

    /// <summary>True while nobody reaches it.</summary>
    public bool IsAway { get; set; }
}

/// <summary>The simulated store can't be reached, or its answer is lost.</summary>
internal sealed class StoreAwayException(string message) : Exception(message);
