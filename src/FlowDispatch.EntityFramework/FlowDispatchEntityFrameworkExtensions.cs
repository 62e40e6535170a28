using FlowDispatch.DependencyInjection;
using FlowDispatch.EntityFramework;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection; // where hosts find registrations without a using

/// <summary>Keeps FlowDispatch's data through Entity Framework Core.</summary>
public static class FlowDispatchEntityFrameworkExtensions
{
    /// <summary>Makes Entity Framework Core the store. Of several stores that a host names, the last one counts.</summary>
    /// <remarks>
    /// Also registers an <see cref="IDbContextFactory{TContext}"/> of <see cref="FlowDispatchDbContext"/>. Nothing
    /// migrates unless <see cref="IStore.MigrateAsync"/> is called. With SQLite all processes of a host share one file
    /// on a local disk; a provider that is not supported is refused when the store is first resolved.
    /// </remarks>
    /// <param name="builder">What <c>AddFlowDispatch</c> returned.</param>
    /// <param name="configure">Names the provider, like <c>options.UseSqlite("Data Source=data/flowdispatch.db")</c>.</param>
    public static FlowDispatchBuilder UseEntityFramework(this FlowDispatchBuilder builder, Action<DbContextOptionsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddDbContextFactory<FlowDispatchDbContext>(configure);
        builder.Services.RemoveAll<IStore>();
        builder.Services.AddSingleton<IStore>(services => new EntityFrameworkStore(
            services.GetRequiredService<IDbContextFactory<FlowDispatchDbContext>>(), services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
