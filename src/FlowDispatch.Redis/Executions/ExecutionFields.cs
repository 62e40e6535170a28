using System.Text.Json;
using FlowDispatch.Executions;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Rows;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Executions;

/// <summary>An execution as the fields of its head: what never changes as one document, what changes and what scripts read as fields of their own.</summary>
internal static class ExecutionFields
{
    private static readonly RedisValue[] Own =
        ["doc", "version", "status", "reason", "error", "by_automation", "started", "planned", "ended", "forgiven_sent", "forgiven_failed", "owes_returns", "pruned"];

    /// <summary>Where <see cref="Names"/> has how far pruning has come; null where nobody has taken the execution away.</summary>
    public const int PrunedAt = 12;

    /// <summary>What <see cref="Read"/> expects.</summary>
    public static RedisValue[] Names { get; } = [.. Own, .. CounterFields.Names];

    /// <summary>A new head; unborn, so that no node sees it until its start is made.</summary>
    public static HashEntry[] New(Execution execution) =>
    [
        new("doc", JsonSerializer.SerializeToUtf8Bytes(execution with { Counters = default }, JsonText.Options)),
        new("born", 0),
        new("version", 1),
        new("organization", execution.OrganizationId),
        new("automation", execution.AutomationId.ToString()),
        new("created", Instant.Of(execution.CreatedAt)),
        new("priority", execution.Snapshot.Settings.Priority),
        .. Changing(execution).Where(f => !f.Value.IsNullOrEmpty),
    ];

    /// <summary>The fields that a change may touch; empty where they are not set.</summary>
    public static HashEntry[] Changing(Execution execution) =>
    [
        new("status", (int)execution.Status),
        new("reason", Text(execution.StatusReason)),
        new("error", Text(execution.ErrorMessage)),
        new("by_automation", execution.PausedByAutomation ? 1 : 0),
        new("started", Instant.OrEmpty(execution.StartedAt)),
        new("planned", Instant.OrEmpty(execution.PlannedAt)),
        new("ended", Instant.OrEmpty(execution.CompletedAt)),
        new("forgiven_sent", execution.Forgiven.Sent),
        new("forgiven_failed", execution.Forgiven.Failed),
        new("owes_returns", execution.OwesReturns ? 1 : RedisValue.EmptyString),
    ];

    /// <summary>Whether these values are of an execution that is still there.</summary>
    public static bool IsThere(RedisValue[] values) => !values[1].IsNull && values[PrunedAt].IsNull;

    /// <summary>The execution that these values are; <paramref name="made"/> where its document was read before.</summary>
    public static Execution Read(RedisValue[] values, ExecutionHead? made = null)
    {
        var execution = made?.Made ?? Document(values[0]);
        return execution with
        {
            Status = (ExecutionStatus)(int)values[2],
            StatusReason = TextOrNull(values[3]),
            ErrorMessage = TextOrNull(values[4]),
            PausedByAutomation = (int)values[5] == 1,
            StartedAt = Instant.ReadOrNull(values[6]),
            PlannedAt = Instant.ReadOrNull(values[7]),
            CompletedAt = Instant.ReadOrNull(values[8]),
            Forgiven = new((int)values[9], (int)values[10]),
            OwesReturns = values[11] == 1,
            Counters = CounterFields.Read(values.AsSpan(Own.Length)),
        };
    }

    public static Execution Document(RedisValue value) => JsonSerializer.Deserialize<Execution>((byte[])value!, JsonText.Options)!;

    // A mark in front, so that an empty text is not taken for none.
    private static RedisValue Text(string? value) => value is null ? RedisValue.EmptyString : "=" + value;

    private static string? TextOrNull(RedisValue value) => value.IsNullOrEmpty ? null : value.ToString()[1..];
}
