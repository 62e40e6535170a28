namespace FlowDispatch.Contacts;

/// <summary>Turns phone numbers as people write them into E.164 digits. Safe for many threads.</summary>
/// <remarks>
/// <para>Accepted are numbers that libphonenumber calls <em>possible</em> (a country code, and a length that its country has),
/// known ranges or not. Spaces, dashes, brackets, dots, slashes and quotes are passed over; <c>+</c> and a leading <c>00</c>
/// announce a country code; a leading <c>0</c> is the trunk prefix of the default region.</para>
/// <para>Digits without any of these are, in this order: a number that begins with the default region's country code
/// (<c>5511999999999</c> is not prefixed again), unless only reading it nationally gives a known range (55 is an area code, too);
/// a national number of the default region; a number of another country. In Brazil, eleven digits whose third is no 9
/// do not exist, so those go to another country's known range, or to North America, where they fit one.</para>
/// </remarks>
public sealed class PhoneNumberNormalizer
{
    // Of no country in particular: a range that is kept for examples.
    private const string NeutralExample = "+1 201-555-0123";

    private readonly PhoneNumberPlan? _plan;

    /// <param name="defaultRegion">
    /// ISO 3166 code of the country whose numbers need no country code, like <c>BR</c>; case is ignored. Null where every
    /// number must have its country code.
    /// </param>
    /// <exception cref="ArgumentException">libphonenumber knows no such region.</exception>
    public PhoneNumberNormalizer(string? defaultRegion) => _plan = defaultRegion is null ? null : new(defaultRegion);

    /// <summary>The country whose numbers need no country code, as two upper-case letters; null where every number must have its own.</summary>
    public string? DefaultRegion => _plan?.Region;

    private string Example => _plan?.Example ?? NeutralExample;

    /// <summary>Whether <paramref name="region"/> can be a default region; case is ignored.</summary>
    public static bool IsRegion(string? region) => region is not null && PhoneNumberPlan.IsRegion(region.Trim().ToUpperInvariant());

    /// <summary>Reads one number.</summary>
    /// <param name="text">As a person wrote it; null counts as empty.</param>
    public PhoneNumberResult Normalize(string? text)
    {
        if (text is not null && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && _plan?.IsPlainInternational(text) == true)
        {
            return new PhoneNumberResult.Accepted(text);
        }

        return NormalizeThoroughly(text);
    }

    /// <summary>The same without the short cut for clean numbers; tests prove that they agree.</summary>
    internal PhoneNumberResult NormalizeThoroughly(string? text)
    {
        var given = PhoneNumberText.Read(text);
        if (given.Problem is { } problem)
        {
            return Refuse(text, problem);
        }

        var reading = _plan is null ? ReadInternational(given.Digits, given.HasPlus) : Read(given.Digits, given.HasPlus, _plan);
        return reading.Digits is { } digits ? new PhoneNumberResult.Accepted(digits) : Refuse(text, reading.Problem);
    }

    private static PhoneNumberPlan.Reading ReadInternational(string digits, bool hasPlus) =>
        PhoneNumberPlan.ReadInternational(!hasPlus && digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits);

    private static PhoneNumberPlan.Reading Read(string digits, bool hasPlus, PhoneNumberPlan plan)
    {
        if (hasPlus)
        {
            return PhoneNumberPlan.ReadInternational(digits);
        }

        if (digits.StartsWith("00", StringComparison.Ordinal))
        {
            // In some countries a carrier follows the 00; that reading needs the region.
            var international = PhoneNumberPlan.ReadInternational(digits[2..]);
            return international.Digits is null && plan.ReadNational(digits) is { Digits: not null } throughCarrier ? throughCarrier : international;
        }

        return digits[0] == '0' ? plan.ReadNational(digits) : ReadBare(digits, plan);
    }

    private static PhoneNumberPlan.Reading ReadBare(string digits, PhoneNumberPlan plan)
    {
        var national = plan.ReadNational(digits);
        if (digits.StartsWith(plan.CountryCode, StringComparison.Ordinal)
            && PhoneNumberPlan.ReadInternational(digits) is { Digits: not null } own)
        {
            return national.Digits is not null && national.Digits != own.Digits && !IsKnown(own.Digits) && IsKnown(national.Digits) ? national : own;
        }

        if (national.Digits is not null && !IsOutsideBrazil(digits, national.Digits, plan))
        {
            return national;
        }

        return PhoneNumberPlan.ReadInternational(digits) is { Digits: not null } foreign ? foreign : national;
    }

    /// <summary>
    /// Most mobiles of Europe and North America have eleven digits with their country code. To length alone they are
    /// Brazilian, but a Brazilian number of eleven digits has a 9 after its area code.
    /// </summary>
    private static bool IsOutsideBrazil(string digits, string national, PhoneNumberPlan plan)
    {
        if (plan.Region != "BR" || digits.Length != 11 || digits[2] == '9' || PhoneNumberPlan.IsValid(national))
        {
            return false;
        }

        var isNorthAmerican = digits[0] == '1' && digits[1] is >= '2' and <= '9';
        return isNorthAmerican || PhoneNumberPlan.IsValid(digits);
    }

    /// <summary>A Brazilian mobile written without its ninth digit is known as well.</summary>
    private static bool IsKnown(string digits) => BrazilianNinthDigit.Variants(digits).Any(PhoneNumberPlan.IsValid);

    private PhoneNumberResult.Refused Refuse(string? text, PhoneNumberProblem problem)
    {
        var value = Shorten(text);
        return new(problem, problem switch
        {
            PhoneNumberProblem.Empty => $"There is no phone number; give one like {Example}.",
            PhoneNumberProblem.NotANumber when PhoneNumberText.IsShortened(text) =>
                $"'{value}' was shortened by a spreadsheet and has lost digits; format the column as text and save the file again.",
            PhoneNumberProblem.NotANumber =>
                $"'{value}' is not a phone number; give digits, with spaces, dashes or brackets and at most one leading +, like {Example}.",
            PhoneNumberProblem.TooShort => $"'{value}' is too short for a phone number; give it with its area code, or with + and the country code, like {Example}.",
            PhoneNumberProblem.TooLong => $"'{value}' is too long for a phone number; give one number only, like {Example}, and write + before {(_plan is null ? "its country code" : $"a country code other than {_plan.CountryCode}")}.",
            PhoneNumberProblem.InvalidLength => $"'{value}' has a length that no phone number of its country has; check its digits against one like {Example}.",
            PhoneNumberProblem.LocalOnly => $"'{value}' lacks its area code; give the whole number, like {Example}.",
            PhoneNumberProblem.InvalidCountry => $"'{value}' begins with a country code that does not exist; write + and the country code first, like {Example}.",
            _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "There is no sentence for this problem."),
        });
    }

    private static string Shorten(string? text)
    {
        const int Longest = 40;
        var value = text.AsSpan().Trim();
        return value.Length <= Longest ? value.ToString() : $"{value[..Longest]}…";
    }
}
