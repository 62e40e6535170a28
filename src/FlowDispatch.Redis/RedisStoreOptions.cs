namespace FlowDispatch.Redis;

/// <summary>Where the Redis store keeps its data.</summary>
public sealed class RedisStoreOptions
{
    /// <summary>How to reach Redis, as StackExchange.Redis reads it, like <c>localhost:6379,password=…</c>. Of a cluster any nodes will do. Required.</summary>
    public string Configuration { get; set; } = "";

    /// <summary>What every key begins with. Default <c>fd:</c>; 1 to 50 characters without braces, which mark what belongs together on a cluster.</summary>
    public string KeyPrefix { get; set; } = "fd:";

    /// <summary>
    /// How many replicas must have a write before it counts as made (<c>WAIT</c>). Default 0: what a master acknowledged and no replica
    /// had heard of is gone when a replica takes its place, and whoever was sent to in that moment is sent to again. 0 to 10.
    /// </summary>
    /// <remarks>
    /// With all of a master's replicas, or with its only one, a failover loses nothing acknowledged. Every call of the store then takes
    /// as long as the replica's answer, and while fewer replicas are there nothing is written, and so nothing is sent.
    /// </remarks>
    public int AcknowledgingReplicas { get; set; }
}
