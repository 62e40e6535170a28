using FlowDispatch.EntityFramework.Claims;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Recipients;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>What the tables have on PostgreSQL alone.</summary>
internal static class PostgresModel
{
    public static void Adapt(ModelBuilder model)
    {
        model.ApplyConfiguration(new MessageConfiguration());
        model.ApplyConfiguration(new CommitConfiguration());

        // Room on each page for the new version of a row, and no index on what an outcome changes: so that one is written
        // beside the old version, and no index learns of it.
        var recipients = model.Entity<RecipientEntity>();
        recipients.HasStorageParameter("fillfactor", 45);
        recipients.Metadata.RemoveIndex(recipients.HasIndex(r => r.ProviderMessageId).Metadata);

        // A handful of rows each, written again and again.
        Rewritten(model.Entity<LeaseEntity>());
        Rewritten(model.Entity<CountersEntity>());
        Rewritten(model.Entity<SliceEntity>());

        // With the key: a lease's slices that are gone lie before those it has, and while a snapshot is held open somewhere they
        // stay in the index.
        var slices = model.Entity<SliceEntity>();
        slices.Metadata.RemoveIndex(slices.HasIndex(s => s.Token).Metadata);
        slices.HasIndex(s => new { s.Token, s.Key }).HasFilter("token IS NOT NULL");

        // A row is rewritten in place only where nothing changes that an index or its filter reads. How many are open changes all
        // the time, whether any are changes once: else each change would leave entries behind, and while a snapshot is
        // held open somewhere none goes away and every look-up passes them all.
        var counters = model.Entity<CountersEntity>();
        counters.Property<bool>("HasOpen").HasComputedColumnSql("open > 0", stored: true);
        counters.Metadata.GetIndexes().Single().SetFilter("has_open");
    }

    private static void Rewritten<T>(EntityTypeBuilder<T> entity)
        where T : class => entity.HasStorageParameter("fillfactor", 50);
}
