namespace FlowDispatch.Redis;

/// <summary>Where the Redis store keeps its data.</summary>
public sealed class RedisStoreOptions
{
    /// <summary>How to reach Redis, as StackExchange.Redis reads it, like <c>localhost:6379,password=…</c>. Of a cluster any nodes will do. Required.</summary>
    public string Configuration { get; set; } = "";

    /// <summary>What every key begins with. Default <c>fd:</c>; 1 to 50 characters without braces, which mark what belongs together on a cluster.</summary>
    public string KeyPrefix { get; set; } = "fd:";
}
