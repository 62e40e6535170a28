using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace FlowDispatch.Validation;

/// <summary>ISO-8601 durations of a fixed length: weeks (<c>P1W</c>), or days and shorter units (<c>P1DT12H</c>).</summary>
public static partial class IsoDuration
{
    /// <summary>Reads one; false for any other text, and for months and years, which have no fixed length.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is null)
        {
            return false;
        }

        try
        {
            if (Weeks().Match(text) is { Success: true } weeks)
            {
                duration = TimeSpan.FromDays(7 * int.Parse(weeks.Groups["count"].Value, CultureInfo.InvariantCulture));
                return true;
            }

            // The framework would silently take 30 days for a month and 365 for a year.
            var date = text.Split('T', 2)[0];
            if (date.Contains('Y', StringComparison.Ordinal) || date.Contains('M', StringComparison.Ordinal))
            {
                return false;
            }

            duration = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary>Writes one in the words in which it was given, if these still say it; otherwise in the framework's.</summary>
    /// <param name="duration">The duration.</param>
    /// <param name="given">As somebody wrote it; null where nobody did.</param>
    public static string Write(TimeSpan duration, string? given = null) =>
        TryParse(given, out var said) && said == duration ? given! : XmlConvert.ToString(duration);

    [GeneratedRegex("^P(?<count>[0-9]{1,5})W\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Weeks();
}
