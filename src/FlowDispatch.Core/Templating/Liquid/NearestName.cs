namespace FlowDispatch.Templating.Liquid;

/// <summary>Finds what somebody meant to type.</summary>
internal static class NearestName
{
    // Longer words are no typing errors of ours, and the table below grows with the product of the lengths.
    private const int LongestWord = 40;

    /// <summary>The nearest of <paramref name="names"/>; null when none is near.</summary>
    public static string? Of(string word, IEnumerable<string> names)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        var nearest = names.OrderBy(n => Distance(word, n)).ThenBy(n => n, StringComparer.Ordinal).First();
        return Distance(word, nearest) <= Math.Max(2, word.Length / 3) ? nearest : null;
    }

    /// <summary>A sentence that proposes the nearest name, with a space before it; empty when none is near.</summary>
    public static string Proposal(string word, IEnumerable<string> names) =>
        Of(word, names) is { } name ? $" Did you mean '{name}'?" : "";

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
