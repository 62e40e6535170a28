namespace FlowDispatch.Store.Conformance.Servers;

/// <summary>A server that a store lies on, and the two ways in which it can be away.</summary>
public interface IStoreServer : IAsyncDisposable
{
    /// <summary>Ends it as a machine does that loses power: nothing is finished, and connections are refused from then on.</summary>
    Task StopAsync();

    /// <summary>Starts it after <see cref="StopAsync"/>, at the same address with the same data, and waits until it answers.</summary>
    Task StartAgainAsync();

    /// <summary>Lets it hang (SIGSTOP): its machine still takes connections and requests, and nobody answers.</summary>
    Task FreezeAsync();

    /// <summary>Lets it go on (SIGCONT), beginning with what was asked meanwhile.</summary>
    Task ThawAsync();
}
