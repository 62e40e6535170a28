using Microsoft.Extensions.Options;

namespace FlowDispatch.Contacts;

/// <summary>Checks <see cref="ContactOptions"/> at start.</summary>
internal sealed class ContactOptionsValidator : IValidateOptions<ContactOptions>
{
    public ValidateOptionsResult Validate(string? name, ContactOptions options) =>
        string.IsNullOrEmpty(options.DefaultRegion) || PhoneNumberNormalizer.IsRegion(options.DefaultRegion)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"ContactOptions.DefaultRegion is '{options.DefaultRegion}'; it must be a two-letter ISO 3166 code of a country with a numbering plan, like BR, or be left out.");
}
