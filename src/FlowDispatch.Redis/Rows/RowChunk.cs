using FlowDispatch.Recipients;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Rows;

/// <summary>Neighbouring recipients as a script answered them: who they are, where they stand and their messages' ids.</summary>
internal sealed class RowChunk
{
    /// <summary>How many recipients a chunk has.</summary>
    public const int Size = 25;

    private readonly PersonRecords _people;
    private readonly Dictionary<int, RedisValue> _states;
    private readonly Dictionary<int, RedisValue> _messages;

    /// <param name="execution">Whose rows they are.</param>
    /// <param name="number">Which chunk.</param>
    /// <param name="people">Its records.</param>
    /// <param name="states">Fields and values.</param>
    /// <param name="messages">Fields and values.</param>
    public RowChunk(ExecutionHead execution, int number, byte[]? people, RedisResult states, RedisResult messages)
    {
        First = number * Size;
        _people = new(people ?? [], execution, First);
        _states = Fields(states);
        _messages = Fields(messages);
    }

    public int First { get; }

    /// <summary>How many of its recipients are planned.</summary>
    public int Count => _people.Count;

    /// <summary>The bytes of a recipient's state; empty where it was never touched.</summary>
    public RedisValue State(int ordinal) => _states.GetValueOrDefault(ordinal - First, RedisValue.EmptyString);

    public Recipient Row(int ordinal) => RecipientState.Read(
        _people.Read(ordinal - First),
        _states.TryGetValue(ordinal - First, out var state) ? (byte[]?)state : [],
        _messages.TryGetValue(ordinal - First, out var message) ? message.ToString() : null);

    /// <summary>The chunks of a flat answer: number, people, states, messages and again.</summary>
    public static Dictionary<int, RowChunk> ReadAll(ExecutionHead execution, RedisResult[] flat)
    {
        var chunks = new Dictionary<int, RowChunk>(flat.Length / 4);
        for (var i = 0; i + 3 < flat.Length; i += 4)
        {
            var number = (int)flat[i];
            chunks[number] = new(execution, number, (byte[]?)flat[i + 1], flat[i + 2], flat[i + 3]);
        }

        return chunks;
    }

    /// <summary>Fields and values of a chunk's hash, by the place in the chunk.</summary>
    public static Dictionary<int, RedisValue> Fields(RedisResult pairs)
    {
        var flat = (RedisValue[])pairs!;
        var fields = new Dictionary<int, RedisValue>(flat.Length / 2);
        for (var i = 0; i + 1 < flat.Length; i += 2)
        {
            fields[(int)flat[i]] = flat[i + 1];
        }

        return fields;
    }
}
