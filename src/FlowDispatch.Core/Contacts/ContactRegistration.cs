using FlowDispatch.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowDispatch.Contacts;

/// <summary>Adds what takes contacts in, one by one and by upload.</summary>
internal static class ContactRegistration
{
    public static IServiceCollection AddContacts(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ContactOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ContactOptions>, ContactOptionsValidator>());
        services.TryAddSingleton(p => new PhoneNumberNormalizer(
            p.GetRequiredService<IOptions<ContactOptions>>().Value.DefaultRegion is { Length: > 0 } region ? region : null));
        services.TryAddSingleton<ContactService>();
        services.TryAddSingleton<ContactFileReader>();
        services.TryAddSingleton<UploadService>();
        return services;
    }
}
