using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A contact as its columns hold it, and the one way to write one.</summary>
internal static class ContactRow
{
    /// <remarks>The last column says which of those that may be NULL are not, as in <see cref="RecipientRow.Columns"/>.</remarks>
    public const string Select = """
        SELECT id, number, tags, custom_fields, opted_in, blocked, created_at, updated_at,
            name, email, language, time_zone, opt_changed_at, opt_reason, opt_source, block_reason, block_changed_at, deleted_at,
            (name IS NOT NULL) | ((email IS NOT NULL) << 1) | ((language IS NOT NULL) << 2) | ((time_zone IS NOT NULL) << 3)
            | ((opt_changed_at IS NOT NULL) << 4) | ((opt_reason IS NOT NULL) << 5) | ((opt_source IS NOT NULL) << 6)
            | ((block_reason IS NOT NULL) << 7) | ((block_changed_at IS NOT NULL) << 8) | ((deleted_at IS NOT NULL) << 9)
        FROM fd_contacts

        """;

    private const int FirstNullable = 8;

    private const string Upsert = """
        INSERT INTO fd_contacts (organization_id, id, number, name, email, tags, custom_fields, language, time_zone, opted_in, opt_changed_at,
            opt_reason, opt_source, blocked, block_reason, block_changed_at, deleted_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        ON CONFLICT (organization_id, id) DO UPDATE SET number = $3, name = $4, email = $5, tags = $6, custom_fields = $7, language = $8,
            time_zone = $9, opted_in = $10, opt_changed_at = $11, opt_reason = $12, opt_source = $13, blocked = $14, block_reason = $15,
            block_changed_at = $16, deleted_at = $17, updated_at = $19
        """;

    public static Contact Read(SqliteRow row, string organizationId)
    {
        var set = row.Int32(FirstNullable + 10);
        return new()
        {
            OrganizationId = organizationId,
            Id = new(row.Id(0)),
            WhatsAppId = row.Text(1),
            Tags = row.Text(2) is var tags and not "[]" ? JsonSerializer.Deserialize<List<string>>(tags, JsonText.Compact)! : [],
            CustomFields = FieldValues.Parse(row.Text(3)),
            OptedIn = row.Flag(4),
            Blocked = row.Flag(5),
            CreatedAt = row.Instant(6),
            UpdatedAt = row.Instant(7),
            Name = Text(0),
            Email = Text(1),
            Language = Text(2),
            TimeZone = Text(3),
            OptChangedAt = Instant(4),
            OptReason = Text(5),
            OptSource = Text(6),
            BlockReason = Text(7),
            BlockChangedAt = Instant(8),
            DeletedAt = Instant(9),
        };

        string? Text(int place) => (set & (1 << place)) == 0 ? null : row.Text(FirstNullable + place);

        DateTimeOffset? Instant(int place) => (set & (1 << place)) == 0 ? null : row.Instant(FirstNullable + place);
    }

    public static List<Contact> ReadAll(SqliteStatement statement, string organizationId, params ReadOnlySpan<SqliteValue> values)
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
