using Microsoft.Extensions.Options;

namespace FlowDispatch.WhatsApp;

/// <summary>Names value, rule and repair of every mistake at once. Secrets are said to be missing, never shown.</summary>
internal sealed class WhatsAppOptionsValidator : IValidateOptions<WhatsAppOptions>
{
    private const int MostMessagesPerSecond = 1000;

    public ValidateOptionsResult Validate(string? name, WhatsAppOptions options)
    {
        var mistakes = new List<string>();
        CheckAddress(options, mistakes);
        CheckDuration(options.AttemptTimeout, "AttemptTimeout", TimeSpan.FromMinutes(5), mistakes);
        CheckCircuit(options.Circuit, mistakes);
        for (var i = 0; i < options.Numbers.Count; i++)
        {
            CheckNumber(options.Numbers[i], $"WhatsApp:Numbers:{i}", mistakes);
        }

        CheckUnique(options.Numbers, n => n.Id, "Id", "automations name a number by it", mistakes);
        CheckUnique(options.Numbers, n => n.PhoneNumberId, "PhoneNumberId", "webhooks name a number by it", mistakes);
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void CheckAddress(WhatsAppOptions options, List<string> mistakes)
    {
        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
        {
            mistakes.Add($"WhatsApp:BaseUrl is \"{options.BaseUrl}\"; it must be an absolute http or https address without query, like https://graph.facebook.com.");
        }

        if (options.ApiVersion?.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '.') == true)
        {
            mistakes.Add($"WhatsApp:ApiVersion is \"{options.ApiVersion}\"; it must be one path segment like v25.0, or empty for none.");
        }
    }

    private static void CheckCircuit(WhatsAppCircuitOptions circuit, List<string> mistakes)
    {
        if (circuit.FailureRatio is not (> 0 and <= 1))
        {
            mistakes.Add(FormattableString.Invariant($"WhatsApp:Circuit:FailureRatio is {circuit.FailureRatio}; it must be above 0 and at most 1."));
        }

        if (circuit.MinimumSends is < 2 or > 10_000)
        {
            mistakes.Add(FormattableString.Invariant($"WhatsApp:Circuit:MinimumSends is {circuit.MinimumSends}; it must be from 2 to 10,000."));
        }

        CheckDuration(circuit.Window, "Circuit:Window", TimeSpan.FromMinutes(10), mistakes);
        CheckDuration(circuit.Pause, "Circuit:Pause", TimeSpan.FromMinutes(10), mistakes);
    }

    private static void CheckDuration(TimeSpan value, string key, TimeSpan most, List<string> mistakes)
    {
        if (value < TimeSpan.FromSeconds(1) || value > most)
        {
            mistakes.Add($"WhatsApp:{key} is {value:c}; it must be from 00:00:01 to {most:c}.");
        }
    }

    private static void CheckNumber(WhatsAppNumber number, string key, List<string> mistakes)
    {
        if (string.IsNullOrWhiteSpace(number.Id))
        {
            mistakes.Add($"{key}:Id is missing; give the number the id that automations will name.");
        }

        // It becomes a path segment: digits only, so that no setting can lead a token to another path.
        if (number.PhoneNumberId is not { Length: > 0 } || number.PhoneNumberId.Any(c => !char.IsAsciiDigit(c)))
        {
            mistakes.Add($"{key}:PhoneNumberId is \"{number.PhoneNumberId}\"; it must be the provider's id of the number, digits only (not the phone number itself).");
        }

        if (string.IsNullOrWhiteSpace(number.AccessToken) || number.AccessToken.Any(char.IsControl))
        {
            mistakes.Add($"{key}:AccessToken is missing or holds control characters; set the bearer token on one line.");
        }

        if (string.IsNullOrWhiteSpace(number.OrganizationId))
        {
            mistakes.Add($"{key}:OrganizationId is empty; name the tenant that owns the number, or leave the setting out for \"default\".");
        }

        if (number.MessagesPerSecond is < 1 or > MostMessagesPerSecond)
        {
            mistakes.Add(FormattableString.Invariant($"{key}:MessagesPerSecond is {number.MessagesPerSecond}; it must be from 1 to 1,000."));
        }
    }

    private static void CheckUnique(IEnumerable<WhatsAppNumber> numbers, Func<WhatsAppNumber, string> key, string setting, string why, List<string> mistakes) =>
        mistakes.AddRange(numbers.GroupBy(key, StringComparer.Ordinal).Where(g => g.Key is { Length: > 0 } && g.Count() > 1)
            .Select(g => $"WhatsApp:Numbers has {g.Count()} entries with {setting} \"{g.Key}\"; {why}, so give each its own."));
}
