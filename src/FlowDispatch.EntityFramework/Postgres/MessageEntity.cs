using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Finds the recipient of a provider's message id. An index on the recipients' own column would make each outcome write every index of their table.</summary>
internal sealed class MessageEntity
{
    /// <summary>Of the id's text; two ids may share one, and the recipients' rows tell them apart.</summary>
    public long Hash { get; set; }

    /// <summary>The recipient's key.</summary>
    public long Recipient { get; set; }
}

internal sealed class MessageConfiguration : IEntityTypeConfiguration<MessageEntity>
{
    public void Configure(EntityTypeBuilder<MessageEntity> builder)
    {
        builder.ToTable("fd_messages");
        builder.HasNoKey();

        // Asked for equality alone, and written at places far apart: a bucket is found in half the time of a leaf.
        builder.HasIndex(m => m.Hash).HasMethod("hash");
    }
}
