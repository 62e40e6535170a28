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

        // Room on each page for the new version of a row, and no index on what an outcome changes: so that one is written
        // beside the old version, and no index learns of it.
        var recipients = model.Entity<RecipientEntity>();
        recipients.HasStorageParameter("fillfactor", 45);
        recipients.Metadata.RemoveIndex(recipients.HasIndex(r => r.ProviderMessageId).Metadata);

        // A handful of rows each, written with every commit.
        Rewritten(model.Entity<LeaseEntity>());
        Rewritten(model.Entity<CountersEntity>());
        Rewritten(model.Entity<SliceEntity>());

        // Whoever looks at how many are open is found again by the index at each commit; whether any are changes once. While a
        // snapshot is held open somewhere nothing of that goes away, and each look-up would pass all of it.
        var counters = model.Entity<CountersEntity>();
        counters.Property<bool>("HasOpen").HasComputedColumnSql("open > 0", stored: true);
        counters.Metadata.GetIndexes().Single().SetFilter("has_open");
    }

    private static void Rewritten<T>(EntityTypeBuilder<T> entity)
        where T : class => entity.HasStorageParameter("fillfactor", 50);
}
