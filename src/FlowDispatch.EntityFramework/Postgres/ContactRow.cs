using System.Data.Common;
using FlowDispatch.Contacts;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>A contact as its columns hold it.</summary>
internal static class ContactRow
{
    // Most contacts have no tags, and an empty array costs as much to read as one of a few.
    public const string Select = """
        SELECT id, number, NULLIF(tags, '{}') AS tags, custom_fields, opted_in, blocked, created_at, updated_at,
            name, email, language, time_zone, opt_changed_at, opt_reason, opt_source, block_reason, block_changed_at, deleted_at
        FROM fd_contacts

        """;

    // One contact after the other is waited for by whoever writes the same: all write in one order.
    public const string Insert = """
        INSERT INTO fd_contacts (organization_id, id, number, name, email, tags, custom_fields, language, time_zone, opted_in, opt_changed_at, opt_reason,
            opt_source, blocked, block_reason, block_changed_at, deleted_at, created_at, updated_at)
        SELECT $1, id, number, name, email, ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), custom_fields, language, time_zone, opted_in, opt_changed_at, opt_reason,
            opt_source, blocked, block_reason, block_changed_at, deleted_at, created_at, updated_at
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            AS x(id, number, name, email, tags, custom_fields, language, time_zone, opted_in, opt_changed_at, opt_reason,
                opt_source, blocked, block_reason, block_changed_at, deleted_at, created_at, updated_at)
        ORDER BY number
        ON CONFLICT (organization_id, number) DO NOTHING
        """;

    public const string Update = """
        UPDATE fd_contacts c SET number = x.number, name = x.name, email = x.email, tags = ARRAY(SELECT jsonb_array_elements_text(x.tags::jsonb)),
            custom_fields = x.custom_fields, language = x.language, time_zone = x.time_zone, opted_in = x.opted_in, opt_changed_at = x.opt_changed_at,
            opt_reason = x.opt_reason, opt_source = x.opt_source, blocked = x.blocked, block_reason = x.block_reason,
            block_changed_at = x.block_changed_at, deleted_at = x.deleted_at, updated_at = x.updated_at
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            AS x(id, number, name, email, tags, custom_fields, language, time_zone, opted_in, opt_changed_at, opt_reason,
                opt_source, blocked, block_reason, block_changed_at, deleted_at, created_at, updated_at)
        WHERE c.organization_id = $1 AND c.id = x.id
        """;

    public static Contact Read(DbDataReader row, string organizationId) => new()
    {
        OrganizationId = organizationId,
        Id = new(row.GetGuid(0)),
        WhatsAppId = row.GetString(1),
        Tags = row.IsDBNull(2) ? [] : row.GetFieldValue<string[]>(2),
        CustomFields = FieldValues.Parse(row.GetString(3)),
        OptedIn = row.GetBoolean(4),
        Blocked = row.GetBoolean(5),
        CreatedAt = row.Instant(6),
        UpdatedAt = row.Instant(7),
        Name = row.TextOrNull(8),
        Email = row.TextOrNull(9),
        Language = row.TextOrNull(10),
        TimeZone = row.TextOrNull(11),
        OptChangedAt = row.InstantOrNull(12),
        OptReason = row.TextOrNull(13),
        OptSource = row.TextOrNull(14),
        BlockReason = row.TextOrNull(15),
        BlockChangedAt = row.InstantOrNull(16),
        DeletedAt = row.InstantOrNull(17),
    };

    /// <summary>The parameters of <see cref="Insert"/> and <see cref="Update"/>.</summary>
    public static PostgresValue[] Values(string organizationId, List<Contact> contacts)
    {
        return
        [
            organizationId,
            contacts.ConvertAll(c => c.Id.Value).ToArray(),
            Texts(c => c.WhatsAppId),
            Texts(c => c.Name),
            Texts(c => c.Email),
            Texts(c => c.Tags.Count == 0 ? "[]" : System.Text.Json.JsonSerializer.Serialize(c.Tags.Select(StoredText.Clean), JsonText.Compact)),
            Texts(c => FieldValues.ToJson(c.CustomFields)),
            Texts(c => c.Language),
            Texts(c => c.TimeZone),
            contacts.ConvertAll(c => c.OptedIn).ToArray(),
            Instants(c => c.OptChangedAt),
            Texts(c => c.OptReason),
            Texts(c => c.OptSource),
            contacts.ConvertAll(c => c.Blocked).ToArray(),
            Texts(c => c.BlockReason),
            Instants(c => c.BlockChangedAt),
            Instants(c => c.DeletedAt),
            contacts.ConvertAll(c => c.CreatedAt.UtcTicks).ToArray(),
            contacts.ConvertAll(c => c.UpdatedAt.UtcTicks).ToArray(),
        ];

        string?[] Texts(Func<Contact, string?> column) => contacts.ConvertAll(c => column(c)).ToArray();

        long?[] Instants(Func<Contact, DateTimeOffset?> column) => contacts.ConvertAll(c => column(c)?.UtcTicks).ToArray();
    }
}
