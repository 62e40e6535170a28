using FlowDispatch.DependencyInjection;
using FlowDispatch.Redis;
using FlowDispatch.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection; // where hosts find registrations without a using

/// <summary>Keeps FlowDispatch's data in Redis.</summary>
public static class FlowDispatchRedisExtensions
{
    /// <summary>Makes Redis the store, by its connection string. Of several stores that a host names, the last one counts.</summary>
    /// <param name="builder">What <c>AddFlowDispatch</c> returned.</param>
    /// <param name="configuration">As <see cref="RedisStoreOptions.Configuration"/>.</param>
    public static FlowDispatchBuilder UseRedis(this FlowDispatchBuilder builder, string configuration) =>
        builder.UseRedis(options => options.Configuration = configuration);

    /// <summary>Makes Redis the store. Of several stores that a host names, the last one counts.</summary>
    /// <remarks>
    /// Redis must write an append-only file (<c>appendonly yes</c>): <see cref="IStore.CheckAsync"/> says so where it does
    /// not, since everything acknowledged would be gone with the server. Leases are judged by Redis's clock.
    /// </remarks>
    /// <param name="builder">What <c>AddFlowDispatch</c> returned.</param>
    /// <param name="configure">Sets the options; wrong ones stop the host at its start.</param>
    public static FlowDispatchBuilder UseRedis(this FlowDispatchBuilder builder, Action<RedisStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisStoreOptions>, RedisStoreOptionsValidator>());
        builder.Services.AddOptions<RedisStoreOptions>().Configure(configure).ValidateOnStart();
        builder.Services.RemoveAll<IStore>();
        builder.Services.AddSingleton<IStore>(services => new RedisStore(
            services.GetRequiredService<IOptions<RedisStoreOptions>>().Value, services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
