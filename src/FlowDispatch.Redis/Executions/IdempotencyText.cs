using System.Text.Json;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

/// <summary>Answers kept under a request's key, as idempotency.lua takes them.</summary>
internal static class IdempotencyText
{
    public static void AddTo(ScriptArguments arguments, IdempotencyEntry? entry, bool expires) => arguments
        .Add(entry?.Key ?? RedisValue.EmptyString)
        .Add(entry is null ? 0 : Instant.Of(entry.CreatedAt))
        .Add(entry is null ? RedisValue.EmptyString : JsonSerializer.SerializeToUtf8Bytes(entry, JsonText.Options))
        .Add(expires ? 1 : 0);

    public static IdempotencyEntry? Read(RedisValue value) =>
        value.IsNullOrEmpty ? null : JsonSerializer.Deserialize<IdempotencyEntry>((byte[])value!, JsonText.Options);
}
