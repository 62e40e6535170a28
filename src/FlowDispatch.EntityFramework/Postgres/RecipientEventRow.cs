using System.Data.Common;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Postgres;

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
        At = row.Instant(1),
        Attempt = row.GetInt32(2),
        Code = row.TextOrNull(3),
        Message = row.TextOrNull(4),
        ProviderMessageId = row.TextOrNull(5),
    };
}
