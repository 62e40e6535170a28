using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Executions;

internal sealed class IdempotencyEntity
{
    public required string OrganizationId { get; set; }

    public required string Key { get; set; }

    public required string RequestHash { get; set; }

    public int StatusCode { get; set; }

    public required string ResponseBody { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public static IdempotencyEntity From(string organizationId, IdempotencyEntry entry) => new()
    {
        OrganizationId = organizationId,
        Key = entry.Key,
        RequestHash = entry.RequestHash,
        StatusCode = entry.StatusCode,
        ResponseBody = entry.ResponseBody,
        CreatedAt = entry.CreatedAt,
    };

    public IdempotencyEntry ToEntry() => new()
    {
        Key = Key,
        RequestHash = RequestHash,
        StatusCode = StatusCode,
        ResponseBody = ResponseBody,
        CreatedAt = CreatedAt,
    };
}

internal sealed class IdempotencyConfiguration : IEntityTypeConfiguration<IdempotencyEntity>
{
    public void Configure(EntityTypeBuilder<IdempotencyEntity> builder)
    {
        builder.ToTable("fd_idempotency");
        builder.HasKey(i => new { i.OrganizationId, i.Key });
        builder.HasIndex(i => i.CreatedAt);
    }
}
