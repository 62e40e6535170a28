using System.Collections.Frozen;

namespace FlowDispatch.Contacts;

/// <summary>The time zone that a phone number's country tells, where it tells one.</summary>
internal static class CountryTimeZones
{
    private static readonly Lazy<FrozenDictionary<string, string>> Zones = new(Read);

    /// <summary>Two-letter codes of the countries where one time holds everywhere, with its IANA zone.</summary>
    public static IReadOnlyDictionary<string, string> All => Zones.Value;

    /// <summary>The IANA zone of everybody in the country of a number; null where that country keeps several times, or can't be told.</summary>
    /// <param name="digits">E.164 digits; may be empty.</param>
    public static string? Find(string digits)
    {
        if (digits.Length == 0)
        {
            return null;
        }

        string? zone = null;
        foreach (var region in PhoneNumberPlan.RegionsOf(digits))
        {
            if (!Zones.Value.TryGetValue(region, out var own) || (zone is not null && zone != own))
            {
                return null;
            }

            zone = own;
        }

        return zone;
    }

    private static FrozenDictionary<string, string> Read()
    {
        using var reader = new StreamReader(typeof(CountryTimeZones).Assembly.GetManifestResourceStream("CountryTimeZones.txt")!);
        var zones = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                zones.Add(line[..2], line[3..]);
            }
        }

        return zones.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
