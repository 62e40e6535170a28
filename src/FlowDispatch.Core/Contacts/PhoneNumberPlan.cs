using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using PhoneNumbers;

namespace FlowDispatch.Contacts;

/// <summary>One country's numbers, and from there the world's: the only place that knows libphonenumber.</summary>
/// <remarks>Asks for <em>possible</em> numbers (country code and length), not for <em>valid</em> ones: ranges are dialled before metadata knows them.</remarks>
internal sealed class PhoneNumberPlan
{
    /// <summary>E.164's own bound; libphonenumber lets some countries exceed it.</summary>
    private const int LongestDigits = 15;

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    private readonly FrozenSet<int> _possibleLengths;
    private readonly Regex? _nationalPrefix;

    /// <exception cref="ArgumentException">libphonenumber knows no such region.</exception>
    public PhoneNumberPlan(string region)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        Region = region.Trim().ToUpperInvariant();
        if (!IsRegion(Region))
        {
            throw new ArgumentException($"The region '{region}' is unknown; it must be a two-letter ISO 3166 code of a country with a numbering plan, like BR.", nameof(region));
        }

        var code = Library.GetCountryCodeForRegion(Region);
        CountryCode = code.ToString(CultureInfo.InvariantCulture);

        // Countries that share a code (+1, +7, +44) are measured by the plan of the main one.
        var plan = Library.GetMetadataForRegion(Library.GetRegionCodeForCountryCode(code));
        _possibleLengths = plan.GeneralDesc.PossibleLengthList.ToFrozenSet();
        _nationalPrefix = plan.HasNationalPrefixForParsing
            ? new Regex($"^(?:{plan.NationalPrefixForParsing})", RegexOptions.CultureInvariant | RegexOptions.Compiled, TimeSpan.FromSeconds(1))
            : null;
        LongestNational = Library.GetMetadataForRegion(Region).GeneralDesc.PossibleLengthList.Max();
        var example = Library.GetExampleNumberForType(Region, PhoneNumberType.MOBILE) ?? Library.GetExampleNumber(Region);
        Example = Library.Format(example, PhoneNumberFormat.INTERNATIONAL);
    }

    /// <summary>The two-letter code, upper case.</summary>
    public string Region { get; }

    /// <summary>The digits that come after <c>+</c>.</summary>
    public string CountryCode { get; }

    /// <summary>A number of this country as people write it, for messages.</summary>
    public string Example { get; }

    private int LongestNational { get; }

    /// <summary>Whether libphonenumber knows the region, in upper case.</summary>
    public static bool IsRegion(string region) => Library.GetSupportedRegions().Contains(region);

    /// <summary>Whether metadata knows the range of these E.164 digits.</summary>
    public static bool IsValid(string digits)
    {
        try
        {
            return Library.IsValidNumber(Library.Parse("+" + digits, defaultRegion: null));
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>The region of E.164 digits; all that share their country code where metadata does not know the range; none for no number.</summary>
    public static IReadOnlyList<string> RegionsOf(string digits)
    {
        try
        {
            var number = Library.Parse("+" + digits, defaultRegion: null);
            return Library.GetRegionCodeForNumber(number) is { } region ? [region] : Library.GetRegionCodesForCountryCode(number.CountryCode);
        }
        catch (NumberParseException)
        {
            return [];
        }
    }

    /// <summary>Digits that begin with a country code.</summary>
    public static Reading ReadInternational(string digits) => Read("+" + digits, region: null);

    /// <summary>Digits as they are dialled within the country: with or without trunk or carrier prefix.</summary>
    public Reading ReadNational(string digits) => Read(digits, Region);

    /// <summary>
    /// True only for digits that <see cref="ReadInternational"/> would return as they are and that can't be a national
    /// number: the answer for nearly every number of a clean list, without parsing.
    /// </summary>
    public bool IsPlainInternational(ReadOnlySpan<char> digits)
    {
        if (!digits.StartsWith(CountryCode, StringComparison.Ordinal))
        {
            return false;
        }

        var national = digits[CountryCode.Length..];
        return digits.Length <= LongestDigits
            && digits.Length > LongestNational
            && _possibleLengths.Contains(national.Length)
            && national[0] != '0'
            && _nationalPrefix?.IsMatch(national) != true;
    }

    private static Reading Read(string text, string? region)
    {
        PhoneNumber number;
        try
        {
            number = Library.Parse(text, region);
        }
        catch (NumberParseException e)
        {
            return new(null, e.ErrorType switch
            {
                ErrorType.INVALID_COUNTRY_CODE => PhoneNumberProblem.InvalidCountry,
                ErrorType.TOO_LONG => PhoneNumberProblem.TooLong,
                _ => PhoneNumberProblem.TooShort, // these are digits already: one alone is not even viable to the library
            });
        }

        var problem = Library.IsPossibleNumberWithReason(number) switch
        {
            PhoneNumberUtil.ValidationResult.IS_POSSIBLE => (PhoneNumberProblem?)null,
            PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY => PhoneNumberProblem.LocalOnly,
            PhoneNumberUtil.ValidationResult.INVALID_COUNTRY_CODE => PhoneNumberProblem.InvalidCountry,
            PhoneNumberUtil.ValidationResult.TOO_SHORT => PhoneNumberProblem.TooShort,
            PhoneNumberUtil.ValidationResult.TOO_LONG => PhoneNumberProblem.TooLong,
            _ => PhoneNumberProblem.InvalidLength,
        };
        if (problem is not null)
        {
            return new(null, problem.Value);
        }

        // Fillers like 000000000. Only in some countries does a number keep a zero, and there metadata knows it.
        if (Library.GetNationalSignificantNumber(number)[0] == '0' && !Library.IsValidNumber(number))
        {
            return new(null, PhoneNumberProblem.NotANumber);
        }

        var digits = Library.Format(number, PhoneNumberFormat.E164)[1..];
        return digits.Length <= LongestDigits ? new(digits, default) : new(null, PhoneNumberProblem.TooLong);
    }

    /// <summary>One way to read digits: E.164 digits, or null and what is wrong with them.</summary>
    internal readonly record struct Reading(string? Digits, PhoneNumberProblem Problem);
}
