using FlowDispatch.DependencyInjection;
using FlowDispatch.EntityFramework;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection; // where hosts find registrations without a using

/// <summary>Keeps FlowDispatch's data through Entity Framework Core.</summary>
public static class FlowDispatchEntityFrameworkExtensions
{
    /// <summary>Makes Entity Framework Core the store, in tables of its own. Of several stores that a host names, the last one counts.</summary>
    /// <remarks>
    /// Also registers an <see cref="IDbContextFactory{TContext}"/> of <see cref="FlowDispatchDbContext"/>. Nothing
    /// migrates unless <see cref="IStore.MigrateAsync"/> is called. With SQLite all processes of a host share one file
    /// on a local disk; with PostgreSQL any number of machines share a database. A provider that is not supported, one
    /// connection for all contexts on SQLite, and <c>EnableRetryOnFailure</c> on PostgreSQL are refused when the store is
    /// first resolved.
    /// </remarks>
    /// <param name="builder">What <c>AddFlowDispatch</c> returned.</param>
    /// <param name="configure">Names the provider, like <c>options.UseSqlite("Data Source=data/flowdispatch.db")</c> or <c>options.UseNpgsql("Host=…")</c>.</param>
    public static FlowDispatchBuilder UseEntityFramework(this FlowDispatchBuilder builder, Action<DbContextOptionsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddDbContextFactory<FlowDispatchDbContext>(configure);
        return builder.UseStore(services => services.GetRequiredService<IDbContextFactory<FlowDispatchDbContext>>().CreateDbContext);
    }

    /// <summary>Makes a context of the host's own the store: FlowDispatch's tables lie beside the host's, under the host's migrations.</summary>
    /// <remarks>
    /// The context calls <see cref="FlowDispatchModelBuilderExtensions.AddFlowDispatch"/> in its <c>OnModelCreating</c>, and
    /// the host registers it with <c>AddDbContextFactory</c>, on PostgreSQL without <c>EnableRetryOnFailure</c>. <see cref="IStore.MigrateAsync"/> applies the context's own migrations.
    /// What the host does and what it starts can be one transaction:
    /// <see cref="FlowDispatchDbContextExtensions.ShareTransactionWithFlowDispatch"/>.
    /// </remarks>
    /// <typeparam name="TContext">The host's context, with the provider it names itself.</typeparam>
    /// <param name="builder">What <c>AddFlowDispatch</c> returned.</param>
    public static FlowDispatchBuilder UseEntityFramework<TContext>(this FlowDispatchBuilder builder)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseStore(services => services.GetService<IDbContextFactory<TContext>>() is { } factory
            ? factory.CreateDbContext
            : throw new InvalidOperationException(
                $"There is no factory of {typeof(TContext).Name}, and FlowDispatch makes contexts of its own. Register it with AddDbContextFactory<{typeof(TContext).Name}>(…), which registers the context itself too."));
    }

    private static FlowDispatchBuilder UseStore(this FlowDispatchBuilder builder, Func<IServiceProvider, Func<DbContext>> contexts)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.RemoveAll<IStore>();
        builder.Services.AddSingleton<IStore>(services => EntityFrameworkStore.Open(contexts(services), services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
