using System.Text.Json;
using FlowDispatch.EntityFramework.Automations;
using FlowDispatch.EntityFramework.Claims;
using FlowDispatch.EntityFramework.Contacts;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Flows;
using FlowDispatch.EntityFramework.Inbox;
using FlowDispatch.EntityFramework.Limits;
using FlowDispatch.EntityFramework.Postgres;
using FlowDispatch.EntityFramework.Receivers;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.EntityFramework.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FlowDispatch.EntityFramework;

/// <summary>Brings FlowDispatch's tables into a model.</summary>
public static class FlowDispatchModelBuilderExtensions
{
    // Sixteen bytes that sort as the id's text does, so version 7 ids keep the order of their making.
    private static readonly ValueConverter<Guid, byte[]> Ids = new(id => id.ToByteArray(true), bytes => new Guid(bytes, true));

    // Ticks lose nothing and compare as numbers.
    private static readonly ValueConverter<DateTimeOffset, long> Instants = new(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    /// <summary>Adds the tables, all named <c>fd_…</c> with columns in snake_case; nothing else of the model is touched, and no convention of the context's touches them.</summary>
    /// <remarks>Call it in <c>OnModelCreating</c>. The tables are shaped for the context's provider, SQLite or PostgreSQL.</remarks>
    /// <param name="modelBuilder">The context's.</param>
    /// <param name="schema">The schema that the tables are in; null for the provider's default one. SQLite has none.</param>
    public static ModelBuilder AddFlowDispatch(this ModelBuilder modelBuilder, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);

        // PostgreSQL's provider says how it makes numbers before any entity is added; that tells it from others.
        var postgres = modelBuilder.Model.GetValueGenerationStrategy() is not null;
        modelBuilder
            .ApplyConfiguration(new ContactConfiguration())
            .ApplyConfiguration(new SuppressionConfiguration())
            .ApplyConfiguration(new ConversationConfiguration())
            .ApplyConfiguration(new CustomFieldConfiguration())
            .ApplyConfiguration(new UploadConfiguration())
            .ApplyConfiguration(new UploadRowConfiguration())
            .ApplyConfiguration(new FlowConfiguration())
            .ApplyConfiguration(new FlowVersionConfiguration())
            .ApplyConfiguration(new AutomationConfiguration())
            .ApplyConfiguration(new ExecutionConfiguration())
            .ApplyConfiguration(new CountersConfiguration())
            .ApplyConfiguration(new ErrorCountConfiguration())
            .ApplyConfiguration(new IdempotencyConfiguration())
            .ApplyConfiguration(new RecipientConfiguration())
            .ApplyConfiguration(new RecipientEventConfiguration())
            .ApplyConfiguration(new SliceConfiguration())
            .ApplyConfiguration(new DueConfiguration())
            .ApplyConfiguration(new LeaseConfiguration())
            .ApplyConfiguration(new PermitConfiguration())
            .ApplyConfiguration(new CapCountConfiguration())
            .ApplyConfiguration(new InboxConfiguration())
            .ApplyConfiguration(new ReceiptPackConfiguration())
            .ApplyConfiguration(new ReceiverConfiguration())
            .ApplyConfiguration(new ReceiptNoteConfiguration())
            .ApplyConfiguration(new KeptTotalsConfiguration())
            .ApplyConfiguration(new PrunedConfiguration())
            .ApplyConfiguration(new DigestKeyConfiguration())
            .ApplyConfiguration(new ErasedConfiguration());

        if (postgres)
        {
            PostgresModel.Adapt(modelBuilder);
        }

        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => e.ClrType.Assembly == typeof(FlowDispatchDbContext).Assembly))
        {
            entity.SetSchema(schema);
            foreach (var property in entity.GetProperties())
            {
                Forget(property);
                property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
                var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                if (type == typeof(Guid) && !postgres)
                {
                    property.SetValueConverter(Ids);
                }
                else if (type == typeof(DateTimeOffset))
                {
                    property.SetValueConverter(Instants);
                }
            }
        }

        return modelBuilder;
    }

    // What a host's conventions say of all texts, enumerations, ids or instants is meant for its own tables: our statements,
    // and our migrations, know each column as it is without them.
    private static void Forget(IMutableProperty property)
    {
        property.SetMaxLength(null);
        property.SetPrecision(null);
        property.SetScale(null);
        property.SetIsUnicode(null);
        property.SetIsFixedLength(null);
        property.SetCollation(null);
        property.SetColumnType(null);
        property.SetProviderClrType(null);
        property.SetValueConverter((ValueConverter?)null);
        property.SetValueComparer((ValueComparer?)null);
        property.SetProviderValueComparer((ValueComparer?)null);
    }
}
