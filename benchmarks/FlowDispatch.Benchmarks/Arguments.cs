using System.Globalization;

namespace FlowDispatch.Benchmarks;

/// <summary>The options of a verb: <c>--name value</c> or <c>--name=value</c>, each at most once.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Arguments()
    {
    }

    public static Arguments Read(IReadOnlyList<string> args, IReadOnlyCollection<string> known)
    {
        var read = new Arguments();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (args[i][..at], args[i][(at + 1)..]) : (args[i], null);
            if (!known.Contains(name))
            {
                throw new UsageException($"{name} is unknown; the options are {string.Join(", ", known)}.");
            }

            value ??= ++i < args.Count ? args[i] : throw new UsageException($"{name} needs a value.");
            if (!read._values.TryAdd(name, value))
            {
                throw new UsageException($"{name} is given twice.");
            }
        }

        return read;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string Required(string name) => Text(name) ?? throw new UsageException($"{name} is missing.");

    public int Number(string name, int least, int most, int? fallback = null)
    {
        var text = fallback is null ? Required(name) : Text(name);
        if (text is null)
        {
            return fallback!.Value;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{name} is {text}; it must be a whole number from {least} to {most}."));
    }
}
