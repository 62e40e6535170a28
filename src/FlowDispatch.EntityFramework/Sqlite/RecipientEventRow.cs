using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>An event of a recipient's history as <see cref="RecipientEventEntity.Columns"/> hold it.</summary>
internal static class RecipientEventRow
{
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
