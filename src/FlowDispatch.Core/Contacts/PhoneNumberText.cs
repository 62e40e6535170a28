using System.Buffers;
using System.Globalization;

namespace FlowDispatch.Contacts;

/// <summary>The digits of a phone number as people and spreadsheets write it.</summary>
/// <param name="Digits">ASCII digits, in order; empty when <paramref name="Problem"/> says why.</param>
/// <param name="HasPlus">Whether a <c>+</c> came before them.</param>
/// <param name="Problem">Null, <see cref="PhoneNumberProblem.Empty"/>, <see cref="PhoneNumberProblem.NotANumber"/> or <see cref="PhoneNumberProblem.TooLong"/>.</param>
internal readonly record struct PhoneNumberText(string Digits, bool HasPlus, PhoneNumberProblem? Problem)
{
    /// <summary>More than any number has with an exit code and a carrier before it.</summary>
    private const int MostDigits = 24;

    /// <summary>Signs that may stand between digits, beside spaces, dashes and invisible marks; quotes come from spreadsheets.</summary>
    private const string Punctuation = "()[]./~'\"−·";

    private static readonly SearchValues<char> DecimalSigns = SearchValues.Create("0123456789.,");

    public static PhoneNumberText Read(ReadOnlySpan<char> text)
    {
        text = WithoutDecimals(text.Trim());
        if (text.IsEmpty)
        {
            return new("", HasPlus: false, PhoneNumberProblem.Empty);
        }

        Span<char> digits = stackalloc char[MostDigits];
        var count = 0;
        var plus = false;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c) || char.IsDigit(c))
            {
                if (count == MostDigits)
                {
                    return new("", plus, PhoneNumberProblem.TooLong);
                }

                digits[count++] = (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c));
            }
            else if (c is '+' or '\uFF0B' && count == 0 && !plus)
            {
                plus = true;
            }
            else if (!IsPunctuation(c))
            {
                return new("", plus, PhoneNumberProblem.NotANumber);
            }
        }

        return count == 0 ? new("", plus, PhoneNumberProblem.NotANumber) : new(new string(digits[..count]), plus, Problem: null);
    }

    /// <summary>Whether a spreadsheet wrote it in powers of ten (<c>5,51199E+12</c>), which loses digits.</summary>
    public static bool IsShortened(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var exponent = text.IndexOfAny('E', 'e');
        return exponent > 0
            && !text[..exponent].ContainsAnyExcept(DecimalSigns)
            && int.TryParse(text[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>Data frames write whole numbers as <c>5511999999999.0</c>.</summary>
    private static ReadOnlySpan<char> WithoutDecimals(ReadOnlySpan<char> text) =>
        text.Length > 9 && text.EndsWith(".0", StringComparison.Ordinal) && !text[..^2].ContainsAnyExceptInRange('0', '9') ? text[..^2] : text;

    private static bool IsPunctuation(char c) =>
        char.IsWhiteSpace(c)
        || Punctuation.Contains(c, StringComparison.Ordinal)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;
}
