namespace FlowDispatch.Contacts;

/// <summary>
/// Brazilian mobiles got a leading 9 after their area code; older accounts are still named without it. Replies and
/// receipts are therefore matched with the number as it is and with its other form.
/// </summary>
/// <remarks>For comparing only: neither form is ever written over a contact's number.</remarks>
public static class BrazilianNinthDigit
{
    /// <summary>
    /// <paramref name="digits"/> itself, first, and its form with or without the ninth digit where it has one: <c>55</c>, an
    /// area code of two digits, and eight digits with or without a 9 before them. Whatever digit comes next: mobiles are given
    /// numbers that were once for landlines alone.
    /// </summary>
    /// <param name="digits">E.164 digits without <c>+</c>; of any country.</param>
    /// <returns>One or two numbers.</returns>
    public static IReadOnlyList<string> Variants(string digits)
    {
        ArgumentNullException.ThrowIfNull(digits);
        return OtherForm(digits) is { } other ? [digits, other] : [digits];
    }

    private static string? OtherForm(string digits)
    {
        if (!digits.StartsWith("55", StringComparison.Ordinal) || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        return digits.Length switch
        {
            12 => $"{digits.AsSpan(0, 4)}9{digits.AsSpan(4)}",
            13 when digits[4] == '9' => $"{digits.AsSpan(0, 4)}{digits.AsSpan(5)}",
            _ => null,
        };
    }
}
