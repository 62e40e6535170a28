using System.Text.Json;
using FlowDispatch.EntityFramework.Automations;
using FlowDispatch.EntityFramework.Claims;
using FlowDispatch.EntityFramework.Contacts;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Flows;
using FlowDispatch.EntityFramework.Inbox;
using FlowDispatch.EntityFramework.Limits;
using FlowDispatch.EntityFramework.Receivers;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.EntityFramework.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FlowDispatch.EntityFramework;

/// <summary>Brings FlowDispatch's tables into a model.</summary>
public static class FlowDispatchModelBuilderExtensions
{
    // Sixteen bytes that sort as the id's text does, so version 7 ids keep the order of their making.
    private static readonly ValueConverter<Guid, byte[]> Ids = new(id => id.ToByteArray(true), bytes => new Guid(bytes, true));

    // Ticks lose nothing and compare as numbers.
    private static readonly ValueConverter<DateTimeOffset, long> Instants = new(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    /// <summary>Adds the tables, all named <c>fd_…</c> with columns in snake_case; nothing else of the model is touched.</summary>
    public static ModelBuilder AddFlowDispatch(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder
            .ApplyConfiguration(new ContactConfiguration())
            .ApplyConfiguration(new SuppressionConfiguration())
            .ApplyConfiguration(new ConversationConfiguration())
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
            .ApplyConfiguration(new ReceiverConfiguration())
            .ApplyConfiguration(new ReceiptNoteConfiguration());

        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => e.ClrType.Assembly == typeof(FlowDispatchDbContext).Assembly))
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
                var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                if (type == typeof(Guid))
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
}
