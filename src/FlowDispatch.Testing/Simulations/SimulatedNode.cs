using FlowDispatch.Channels;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Dispatching;
using FlowDispatch.Nodes;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Testing.Simulations;

/// <summary>One process that runs the whole engine, as <c>AddFlowDispatch</c> registers it; it can freeze, be stopped, or die between any two steps.</summary>
internal sealed class SimulatedNode : WorkQueue, IAsyncDisposable
{
    private readonly World _world;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly ServiceProvider _services;
    private DateTimeOffset _stalledUntil;

    public SimulatedNode(
        World world,
        string name,
        TimeSpan clockOffset,
        Func<SimulatedNode, IStore> store,
        Func<SimulatedNode, IMessageSender> sender,
        IChannelDirectory channels,
        Action<FlowDispatchOptions> configure,
        bool receives = true,
        Action<FlowDispatchBuilder>? register = null)
    {
        _world = world;
        Name = name;
        Receives = receives;
        Clock = new(world, this, clockOffset);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<WorkQueue>(this);
        services.AddSingleton(new Random(world.Chance.Next()));
        var builder = services.AddFlowDispatch(configure);
        register?.Invoke(builder);
        services.AddSingleton(store(this));
        services.AddSingleton(channels);
        services.AddKeyedSingleton(Provider.Kind, (_, _) => sender(this));
        _services = services.BuildServiceProvider();
        Run = RunAsync();
    }

    public string Name { get; }

    public NodeClock Clock { get; }

    /// <summary>Whether the provider tells it what it took; it sends in any case.</summary>
    public bool Receives { get; }

    public IServiceProvider Services => _services;

    /// <summary>Whether anything of it may still run.</summary>
    public bool Alive { get; private set; } = true;

    /// <summary>Its loops, from start to the end of a drain.</summary>
    public Task Run { get; }

    public override void Post(Action work) => _world.Post(this, work);

    /// <summary>The process is gone at this instant: nothing of it ever runs again.</summary>
    public void Kill() => Alive = false;

    /// <summary>Nothing of it runs for a while, as when a machine swaps or a collector stops the world; then everything goes on.</summary>
    public void Stall(TimeSpan time) => _stalledUntil = _world.Now + time > _stalledUntil ? _world.Now + time : _stalledUntil;

    public TimeSpan StalledFor() => _stalledUntil - _world.Now;

    /// <summary>When it last came back from a stall.</summary>
    public DateTimeOffset StalledUntil => _stalledUntil;

    /// <summary>Asks it to finish what is in flight and to end.</summary>
    /// <param name="patience">How long it may wait for its senders; null where it takes as long as they do.</param>
    public void Stop(TimeSpan? patience = null)
    {
        _stopping.Cancel();
        if (patience is { } longest)
        {
            _world.After(longest, this, _abandon.Cancel);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await HopAsync().ConfigureAwait(false);
            await Task.WhenAll(DispatchAsync(), ReceiveAsync()).ConfigureAwait(false);
        }
        finally
        {
            Alive = false; // the process ends with its services, whatever of it is still under way
        }
    }

    private Task DispatchAsync() => ActivatorUtilities.CreateInstance<DispatchNode>(_services).RunAsync(_stopping.Token, _abandon.Token);

    // From its start until it is asked to end.
    private async Task ReceiveAsync()
    {
        if (Receives)
        {
            _services.GetRequiredService<ReceiptReceiver>().Announce();
        }

        using var heartbeat = ActivatorUtilities.CreateInstance<ReceiverHeartbeat>(_services);
        await heartbeat.RunAsync(_stopping.Token).ConfigureAwait(false);
        await heartbeat.EndAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        Alive = false;
        _stopping.Dispose();
        _abandon.Dispose();
        return _services.DisposeAsync();
    }
}
