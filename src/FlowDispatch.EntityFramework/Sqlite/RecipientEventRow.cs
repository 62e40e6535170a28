using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>An event of a recipient's history as its columns hold it.</summary>
internal static class RecipientEventRow
{
    /// <summary>What <see cref="Read"/> expects.</summary>
    public const string Columns = "kind, at, attempt, code, message, provider_message_id";

    public static RecipientEvent Read(SqliteRow row) => new()
    {
        Kind = (RecipientEventKind)row.Int32(0),
        At = row.Instant(1),
        Attempt = row.Int32(2),
        Code = row.TextOrNull(3),
        Message = row.TextOrNull(4),
        ProviderMessageId = ProviderMessageId(row),
    };

    /// <summary>Which message it tells of, without the rest.</summary>
    public static string? ProviderMessageId(SqliteRow row) => row.TextOrNull(5);
}
