using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Uploads;

internal sealed class UploadEntity
{
    public int Number { get; set; }

    public Guid Id { get; set; }

    public string OrganizationId { get; set; } = "";

    public bool Complete { get; set; }

    public List<string> Columns { get; set; } = [];

    public int Rows { get; set; }

    public int Accepted { get; set; }

    public int Duplicates { get; set; }

    public int Invalid { get; set; }

    public string Errors { get; set; } = "[]";

    public bool ErrorsTruncated { get; set; }

    public string Sample { get; set; } = "[]";

    public DateTimeOffset CreatedAt { get; set; }

    public void Take(Upload upload)
    {
        Id = upload.Id.Value;
        OrganizationId = upload.OrganizationId;
        Columns = [.. upload.Columns];
        Rows = upload.Rows;
        Accepted = upload.Accepted;
        Duplicates = upload.Duplicates;
        Invalid = upload.Invalid;
        Errors = JsonSerializer.Serialize(upload.Errors, JsonText.Options);
        ErrorsTruncated = upload.ErrorsTruncated;
        Sample = $"[{string.Join(',', upload.Sample.Select(FieldValues.ToJson))}]";
        CreatedAt = upload.CreatedAt;
    }

    public Upload ToUpload() => new()
    {
        Id = new(Id),
        OrganizationId = OrganizationId,
        Columns = Columns,
        Rows = Rows,
        Accepted = Accepted,
        Duplicates = Duplicates,
        Invalid = Invalid,
        Errors = JsonSerializer.Deserialize<List<UploadError>>(Errors, JsonText.Options)!,
        ErrorsTruncated = ErrorsTruncated,
        Sample = [.. JsonElement.Parse(Sample).EnumerateArray().Select(FieldValues.FromJsonObject)],
        CreatedAt = CreatedAt,
    };
}

internal sealed class UploadConfiguration : IEntityTypeConfiguration<UploadEntity>
{
    public void Configure(EntityTypeBuilder<UploadEntity> builder)
    {
        builder.ToTable("fd_uploads");
        builder.HasKey(u => u.Number);
        builder.HasIndex(u => u.Id).IsUnique();
        builder.HasIndex(u => new { u.OrganizationId, u.Number });
    }
}
