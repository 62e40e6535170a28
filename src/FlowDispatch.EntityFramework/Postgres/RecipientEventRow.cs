using System.Data.Common;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>An event of a recipient's history as <see cref="RecipientEventEntity.Columns"/> hold it.</summary>
internal static class RecipientEventRow
{
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
