using System.Globalization;

namespace FlowDispatch.Templating.Liquid;

/// <summary>How dates are told to somebody: in their zone, with their words for months and days.</summary>
internal sealed record DateWords(TimeZoneInfo? Zone, CultureInfo Culture)
{
    private static readonly DateWords Plain = new(null, CultureInfo.InvariantCulture);

    /// <summary>Those of a contact; English and no zone of its own where it says nothing that the machine knows.</summary>
    public static DateWords Of(object? contact)
    {
        if (contact is not IReadOnlyDictionary<string, object?> fields)
        {
            return Plain;
        }

        return new(
            fields.TryGetValue("time_zone", out var id) && id is string zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : null,
            fields.TryGetValue("language", out var tag) && tag is string language ? CultureOf(language) : CultureInfo.InvariantCulture);
    }

    public DateTimeOffset ToZone(DateTimeOffset instant) => Zone is null ? instant : TimeZoneInfo.ConvertTime(instant, Zone);

    private static CultureInfo CultureOf(string language)
    {
        try
        {
            return Gregorian(CultureInfo.GetCultureInfo(language.Replace('_', '-'), predefinedOnly: true));
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }

    // The directives count months and years of the Gregorian calendar; the words must be of the same one.
    private static CultureInfo Gregorian(CultureInfo culture)
    {
        if (culture.Calendar is GregorianCalendar)
        {
            return culture;
        }

        if (culture.OptionalCalendars.OfType<GregorianCalendar>().FirstOrDefault() is not { } calendar)
        {
            return CultureInfo.InvariantCulture;
        }

        var gregorian = (CultureInfo)culture.Clone();
        gregorian.DateTimeFormat.Calendar = calendar;
        return gregorian;
    }
}
