using FlowDispatch.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>A store to measure: how a host registers it, and how every trace of a run is removed.</summary>
internal abstract class BenchmarkStore
{
    public abstract string Name { get; }

    /// <summary>The store that is named on the command line.</summary>
    /// <exception cref="UsageException">There is none of this name, or it takes no connection.</exception>
    public static BenchmarkStore Choose(string name, string? connection) => name switch
    {
        "memory" when connection is null => new Memory(),
        "memory" => throw new UsageException("--connection does not go with --store memory, which has none."),
        "sqlite" => new SqliteBenchmarkStore(connection),
        "postgres" => new PostgresBenchmarkStore(connection),
        "redis" => new RedisBenchmarkStore(connection),
        _ => throw new UsageException($"--store {name} is unknown; the stores are memory, sqlite, postgres and redis."),
    };

    /// <summary>The store in which another process runs: registered like that one's, and that one cleans up.</summary>
    /// <param name="name">As on the command line.</param>
    /// <param name="connection">That one's <see cref="Connection"/>.</param>
    /// <param name="place">That one's <see cref="Place"/>.</param>
    public static BenchmarkStore Join(string name, string connection, string place) => name switch
    {
        "postgres" => new PostgresBenchmarkStore(connection, place),
        "redis" => new RedisBenchmarkStore(connection, place),
        _ => throw new UsageException($"--store {name} is none that processes share here; those are postgres and redis."),
    };

    /// <summary>Of the server that processes share.</summary>
    /// <exception cref="UsageException">They share none.</exception>
    public virtual string Connection => throw new UsageException($"--processes needs a server that they share; --store {Name} has none.");

    /// <summary>Where on that server this run is.</summary>
    public virtual string Place => throw new UsageException($"--processes needs a server that they share; --store {Name} has none.");

    public abstract void Register(FlowDispatchBuilder builder);

    /// <summary>Leaves everything as it was found before the run.</summary>
    public abstract void CleanUp();

    private sealed class Memory : BenchmarkStore
    {
        public override string Name => "memory";

        public override void Register(FlowDispatchBuilder builder) => builder.UseInMemory();

        public override void CleanUp()
        {
            // It ends with its host.
        }
    }
}
