namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>The store's clock: the server's own, so that nodes' clocks may drift; or the one a host gives in place of the system's, as tests do.</summary>
internal sealed class PostgresClock(TimeProvider time)
{
    /// <summary>The instant in ticks, in a statement whose first parameter is <see cref="Given"/>. Looked up once a statement, so an index can be searched by it.</summary>
    public const string Now = "(SELECT COALESCE($1::bigint, (EXTRACT(EPOCH FROM clock_timestamp()) * 10000000)::bigint + 621355968000000000))";

    /// <summary>What the given clock shows; null for the server's.</summary>
    public long? Given => time == TimeProvider.System ? null : time.GetUtcNow().UtcTicks;
}
