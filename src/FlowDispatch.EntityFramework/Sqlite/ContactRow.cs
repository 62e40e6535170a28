using System.Data.Common;
using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A contact as its columns hold it, and the one way to write one.</summary>
internal static class ContactRow
{
    public const string Select = """
        SELECT id, number, name, email, tags, custom_fields, language, time_zone, opted_in, opt_changed_at, opt_reason, opt_source,
            blocked, block_reason, block_changed_at, deleted_at, created_at, updated_at
        FROM fd_contacts

        """;

    private const string Upsert = """
        INSERT INTO fd_contacts (organization_id, id, number, name, email, tags, custom_fields, language, time_zone, opted_in, opt_changed_at,
            opt_reason, opt_source, blocked, block_reason, block_changed_at, deleted_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        ON CONFLICT (organization_id, id) DO UPDATE SET number = $3, name = $4, email = $5, tags = $6, custom_fields = $7, language = $8,
            time_zone = $9, opted_in = $10, opt_changed_at = $11, opt_reason = $12, opt_source = $13, blocked = $14, block_reason = $15,
            block_changed_at = $16, deleted_at = $17, updated_at = $19
        """;

    public static Contact Read(DbDataReader row, string organizationId) => new()
    {
        OrganizationId = organizationId,
        Id = new(row.Id(0)),
        WhatsAppId = row.GetString(1),
        Name = row.TextOrNull(2),
        Email = row.TextOrNull(3),
        Tags = row.GetString(4) is var tags and not "[]" ? JsonSerializer.Deserialize<List<string>>(tags, JsonText.Compact)! : [],
        CustomFields = FieldValues.Parse(row.GetString(5)),
        Language = row.TextOrNull(6),
        TimeZone = row.TextOrNull(7),
        OptedIn = row.GetInt32(8) != 0,
        OptChangedAt = row.InstantOrNull(9),
        OptReason = row.TextOrNull(10),
        OptSource = row.TextOrNull(11),
        Blocked = row.GetInt32(12) != 0,
        BlockReason = row.TextOrNull(13),
        BlockChangedAt = row.InstantOrNull(14),
        DeletedAt = row.InstantOrNull(15),
        CreatedAt = row.Instant(16),
        UpdatedAt = row.Instant(17),
    };

    public static List<Contact> ReadAll(SqliteStatement statement, string organizationId, params ReadOnlySpan<object?> values)
    {
        var contacts = new List<Contact>();
        using var row = statement.Read(values);
        while (row.Read())
        {
            contacts.Add(Read(row, organizationId));
        }

        return contacts;
    }

    /// <summary>Writes the contact and, where it changed, whether it may be written to.</summary>
    public static void Write(SqliteSession session, Contact? before, Contact after)
    {
        session[Upsert].Run(
            after.OrganizationId, after.Id.Value, after.WhatsAppId, after.Name, after.Email,
            after.Tags.Count == 0 ? "[]" : JsonSerializer.Serialize(after.Tags, JsonText.Compact),
            FieldValues.ToJson(after.CustomFields), after.Language, after.TimeZone, after.OptedIn, after.OptChangedAt, after.OptReason, after.OptSource,
            after.Blocked, after.BlockReason, after.BlockChangedAt, after.DeletedAt, after.CreatedAt, after.UpdatedAt);

        var was = before?.Suppression ?? ContactSuppression.None;
        if (after.Suppression == was)
        {
            return;
        }

        if (after.Suppression < was && after.Suppression != ContactSuppression.None)
        {
            session["UPDATE fd_suppressions SET suppression = $2 WHERE contact_id = $1"].Run(after.Id.Value, (int)after.Suppression);
            return;
        }

        session["DELETE FROM fd_suppressions WHERE contact_id = $1"].Run(after.Id.Value);
        if (after.Suppression != ContactSuppression.None)
        {
            session["INSERT INTO fd_suppressions (contact_id, suppression) VALUES ($1, $2)"].Run(after.Id.Value, (int)after.Suppression);
        }
    }
}
