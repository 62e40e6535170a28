namespace StackExchange.Redis;

/// <summary>Stands for the client's own, which is known by its name: this project knows no store either.</summary>
internal sealed class RedisConnectionException : Exception;
