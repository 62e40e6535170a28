using System.Collections.Concurrent;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>What the tables are called in a database: raw statements say <c>fd_…</c>, and a host may have put them into a schema.</summary>
internal sealed class PostgresNames(string? schema)
{
    private readonly ConcurrentDictionary<string, string> _qualified = new(StringComparer.Ordinal);

    /// <summary>Where news are told.</summary>
    public string Channel { get; } = schema is null ? "flowdispatch" : $"flowdispatch_{schema}";

    public string Qualify(string sql) => schema is null
        ? sql
        : _qualified.GetOrAdd(sql, static (text, name) => text.Replace("fd_", $"\"{name}\".fd_", StringComparison.Ordinal), schema);
}
