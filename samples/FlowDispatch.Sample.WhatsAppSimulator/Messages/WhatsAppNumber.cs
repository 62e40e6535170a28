namespace FlowDispatch.Sample.Simulator;

/// <summary>What the provider makes of a phone number.</summary>
internal static class WhatsAppNumber
{
    /// <summary>The digits of a number written with plus, blanks, hyphens and brackets; null if anything else is in it or it is not 7 to 15 digits.</summary>
    public static string? Digits(string number)
    {
        var start = number.StartsWith('+') ? 1 : 0;
        Span<char> digits = stackalloc char[15];
        var count = 0;
        foreach (var character in number.AsSpan(start))
        {
            if (char.IsAsciiDigit(character) && count < digits.Length)
            {
                digits[count++] = character;
            }
            else if (character is not (' ' or '-' or '(' or ')'))
            {
                return null;
            }
        }

        return count < 7 ? null : new string(digits[..count]);
    }

    /// <summary>
    /// The <c>wa_id</c> of a number. As in reality Brazilian mobiles of the areas 11 to 28 have their ninth digit and
    /// those of the others do not, whichever way they were written to.
    /// </summary>
    public static string WaId(string digits)
    {
        if (!digits.StartsWith("55", StringComparison.Ordinal) || digits.Length is not (12 or 13))
        {
            return digits;
        }

        var area = digits.AsSpan(2, 2);
        var number = digits.AsSpan(digits.Length - 8);
        var isMobile = number[0] >= '6' && (digits.Length == 12 || digits[4] == '9');
        return !isMobile ? digits
            : area.CompareTo("28", StringComparison.Ordinal) <= 0 ? $"55{area}9{number}"
            : $"55{area}{number}";
    }
}
