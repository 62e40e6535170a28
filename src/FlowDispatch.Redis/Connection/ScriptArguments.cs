using StackExchange.Redis;

namespace FlowDispatch.Redis.Connection;

/// <summary>What a script is given, in order: first the instant, then values and counted lists of them.</summary>
internal sealed class ScriptArguments
{
    private readonly List<RedisValue> _values;

    public ScriptArguments(RedisConnection connection, int capacity = 16) => _values = new(capacity) { connection.Now };

    public ScriptArguments Add(RedisValue value)
    {
        _values.Add(value);
        return this;
    }

    /// <summary>Leaves a place for what is known later.</summary>
    public int Reserve()
    {
        _values.Add(RedisValue.Null);
        return _values.Count - 1;
    }

    public void Set(int place, RedisValue value) => _values[place] = value;

    /// <summary>A list: how many values, then the values.</summary>
    public ScriptArguments AddList(List<RedisValue> values)
    {
        _values.Add(values.Count);
        _values.AddRange(values);
        return this;
    }

    public RedisValue[] ToArray() => [.. _values];
}
