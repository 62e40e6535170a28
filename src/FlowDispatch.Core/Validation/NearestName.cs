namespace FlowDispatch.Validation;

/// <summary>Finds what somebody meant who mistyped a name.</summary>
public static class NearestName
{
    /// <summary>The name that differs least, by at most a third of its letters; null when none is near.</summary>
    public static string? Of(string written, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(names);
        if (written.Length > 100)
        {
            return null;
        }

        return names
            .Select(n => (Name: n, Distance: Distance(written.ToUpperInvariant(), n.ToUpperInvariant())))
            .Where(c => c.Distance <= Math.Max(1, c.Name.Length / 3))
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => c.Name)
            .FirstOrDefault();
    }

    /// <summary>A sentence that proposes the nearest name, with a space before it; empty when none is near.</summary>
    public static string Proposal(string written, IEnumerable<string> names) => Of(written, names) is { } near ? $" Did you mean '{near}'?" : "";

    // Letters added, left out, changed, or swapped with their neighbour.
    private static int Distance(string left, string right)
    {
        var steps = new int[left.Length + 1][];
        for (var i = 0; i <= left.Length; i++)
        {
            steps[i] = new int[right.Length + 1];
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    steps[i][j] = i + j;
                    continue;
                }

                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                var least = Math.Min(Math.Min(steps[i - 1][j] + 1, steps[i][j - 1] + 1), steps[i - 1][j - 1] + change);
                steps[i][j] = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]
                    ? Math.Min(least, steps[i - 2][j - 2] + 1)
                    : least;
            }
        }

        return steps[left.Length][right.Length];
    }
}
