using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Uploads;

internal sealed class UploadRowEntity
{
    /// <summary>The upload's number and the line, packed by <see cref="PackedKey"/>.</summary>
    public long Key { get; set; }

    public int Upload { get; set; }

    public Guid ContactId { get; set; }

    public required string Fields { get; set; }
}

internal sealed class UploadRowConfiguration : IEntityTypeConfiguration<UploadRowEntity>
{
    public void Configure(EntityTypeBuilder<UploadRowEntity> builder)
    {
        builder.ToTable("fd_upload_rows");
        builder.HasKey(r => r.Key);
        builder.Property(r => r.Key).ValueGeneratedNever();
        builder.HasIndex(r => new { r.Upload, r.ContactId }).IsUnique();
    }
}
