using System.Globalization;
using System.Text;

namespace FlowDispatch.Templating.Liquid;

/// <summary>
/// The <c>date</c> filter, with the directives of strftime. Reads instants, ISO-8601 text, Unix seconds and <c>now</c>; an
/// instant is told in the contact's zone, a text without an offset is a wall time and stays as it is.
/// </summary>
internal static class DateFilters
{
    private static readonly string[] WallTimes = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF"];
    private static readonly string[] Instants = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss zzz"];

    public static IReadOnlyList<LiquidFilter> All { get; } = [new("date", 1, 1, Date)];

    private static object? Date(Evaluation evaluation, object? input, object?[] arguments)
    {
        var format = TextFilters.Text(evaluation, arguments[0]);
        if (format.Length == 0 || Read(evaluation, input) is not { } moment)
        {
            return input; // what is no date is printed as it came
        }

        evaluation.Charge(format.Length);
        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] == '%' && at + 1 < format.Length)
            {
                evaluation.Charge(); // a word of a date costs as much as an expression
                at = Directive(text, format, at + 1, moment, evaluation.Dates.Culture);
                evaluation.Allow(text.Length);
            }
            else
            {
                text.Append(format[at]);
            }
        }

        return text.ToString();
    }

    private static DateTimeOffset? Read(Evaluation evaluation, object? input) => input switch
    {
        DateTimeOffset instant => evaluation.Dates.ToZone(instant),
        DateOnly date => Wall(evaluation, date.ToDateTime(TimeOnly.MinValue)),
        long or decimal or double => FromUnix(evaluation, LiquidNumber.ToDouble(input)),
        "now" or "today" => evaluation.Dates.ToZone(evaluation.Now),
        string text when DateTime.TryParseExact(text.Trim(), WallTimes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) => Wall(evaluation, wall),
        string text when DateTimeOffset.TryParseExact(text.Trim(), Instants, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) => evaluation.Dates.ToZone(instant),
        _ => null,
    };

    // The offset matters to %z only; a day that begins before year 1 somewhere has none.
    private static DateTimeOffset Wall(Evaluation evaluation, DateTime wall) =>
        new(wall, wall.Year is > 1 and < 9999 && evaluation.Dates.Zone is { } zone ? zone.GetUtcOffset(wall) : TimeSpan.Zero);

    private static DateTimeOffset? FromUnix(Evaluation evaluation, double seconds) =>
        seconds is > -62_000_000_000 and < 253_000_000_000
            ? evaluation.Dates.ToZone(DateTimeOffset.UnixEpoch.AddSeconds(seconds))
            : null;

    /// <summary>Writes one directive and answers where it ended. One that is unknown is written as it stands.</summary>
    private static int Directive(StringBuilder text, string format, int at, DateTimeOffset moment, CultureInfo culture)
    {
        var start = at;
        var flag = format[at] is '-' or '_' or '0' or '^' && at + 1 < format.Length ? format[at++] : '\0';
        var written = Write(format[at], moment, culture);
        if (written is not var (word, width))
        {
            text.Append('%').Append(format, start, at - start + 1);
            return at;
        }

        text.Append(flag switch
        {
            '-' => width > 0 ? Bare(word) : word,
            '_' => width > 0 ? Bare(word).PadLeft(width) : word,
            '0' => word.Replace(' ', '0'),
            '^' => culture.TextInfo.ToUpper(word),
            _ => word,
        });
        return at;
    }

    // Number directives have a width, which the flags work on; words have none.
    private static (string Word, int Width)? Write(char directive, DateTimeOffset moment, CultureInfo culture) => directive switch
    {
        'Y' => (moment.Year.ToString(CultureInfo.InvariantCulture), 4),
        'y' => (Two(moment.Year % 100), 2),
        'C' => (Two(moment.Year / 100), 2),
        'm' => (Two(moment.Month), 2),
        'd' => (Two(moment.Day), 2),
        'e' => (Two(moment.Day, ' '), 2),
        'j' => (moment.DayOfYear.ToString("000", CultureInfo.InvariantCulture), 3),
        'H' => (Two(moment.Hour), 2),
        'k' => (Two(moment.Hour, ' '), 2),
        'I' => (Two(Twelve(moment)), 2),
        'l' => (Two(Twelve(moment), ' '), 2),
        'M' => (Two(moment.Minute), 2),
        'S' => (Two(moment.Second), 2),
        'L' => (moment.Millisecond.ToString("000", CultureInfo.InvariantCulture), 3),
        's' => (moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), 1),
        'u' => (moment.DayOfWeek == DayOfWeek.Sunday ? "7" : ((int)moment.DayOfWeek).ToString(CultureInfo.InvariantCulture), 1),
        'w' => (((int)moment.DayOfWeek).ToString(CultureInfo.InvariantCulture), 1),
        'V' => (Two(ISOWeek.GetWeekOfYear(moment.DateTime)), 2),
        'G' => (ISOWeek.GetYear(moment.DateTime).ToString(CultureInfo.InvariantCulture), 4),
        'B' => (culture.DateTimeFormat.GetMonthName(moment.Month), 0),
        'b' or 'h' => (culture.DateTimeFormat.GetAbbreviatedMonthName(moment.Month), 0),
        'A' => (culture.DateTimeFormat.GetDayName(moment.DayOfWeek), 0),
        'a' => (culture.DateTimeFormat.GetAbbreviatedDayName(moment.DayOfWeek), 0),
        'p' => (moment.Hour < 12 ? "AM" : "PM", 0),
        'P' => (moment.Hour < 12 ? "am" : "pm", 0),
        'z' => (moment.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal), 0),
        'F' => (moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), 0),
        'D' or 'x' => (directive == 'x' ? moment.ToString("d", culture) : moment.ToString("MM/dd/yy", CultureInfo.InvariantCulture), 0),
        'T' => (moment.ToString("HH:mm:ss", CultureInfo.InvariantCulture), 0),
        'X' => (moment.ToString("T", culture), 0),
        'R' => (moment.ToString("HH:mm", CultureInfo.InvariantCulture), 0),
        'c' => (moment.ToString("F", culture), 0),
        '%' => ("%", 0),
        'n' => ("\n", 0),
        't' => ("\t", 0),
        _ => null,
    };

    private static string Bare(string number) => number.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0";

    private static int Twelve(DateTimeOffset moment) => moment.Hour % 12 == 0 ? 12 : moment.Hour % 12;

    private static string Two(int number, char padding = '0') => number.ToString(CultureInfo.InvariantCulture).PadLeft(2, padding);
}
