using System.Data.Common;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Recipients;

/// <summary>An event of a recipient's history as its columns hold it.</summary>
internal static class RecipientEventRow
{
    /// <summary>What <see cref="Read"/> expects.</summary>
    public const string Columns = "kind, at, attempt, code, message, provider_message_id";

    /// <summary>How many columns <see cref="Columns"/> are.</summary>
    public const int Width = 6;

    public static RecipientEvent Read(DbDataReader row) => new()
    {
        Kind = (RecipientEventKind)row.GetInt32(0),
        At = new(row.GetInt64(1), TimeSpan.Zero),
        Attempt = row.GetInt32(2),
        Code = Text(row, 3),
        Message = Text(row, 4),
        ProviderMessageId = ProviderMessageId(row),
    };

    /// <summary>Which message it tells of, without the rest.</summary>
    public static string? ProviderMessageId(DbDataReader row) => Text(row, Width - 1);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
