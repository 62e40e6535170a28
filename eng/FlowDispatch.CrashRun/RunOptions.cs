using System.Globalization;

namespace FlowDispatch.CrashRun;

/// <summary>What is asked of a run of kills: the command line's options with their defaults.</summary>
internal sealed record RunOptions
{
    public const string Usage = """
        dotnet run -c Release --project eng/FlowDispatch.CrashRun -- [options]
          --store sqlite|postgres|redis|redis-cluster
                                the sample's store (default sqlite; the servers are started and stopped here)
          --people N            how many are sent to (default 5000; 10 to 100,000)
          --kills N             SIGKILLs (default 20; 0 to 1,000)
          --policy repeat|hold  what becomes of attempts that no receipt settles (default repeat)
          --rate N              messages a second at most (default 80; 1 to 1,000)
          --errors N            transient refusals that are tried again a minute later (default 50)
          --deadline SECONDS    how long a receipt is waited for (default 30; 5 to 3,600)
          --seed N              makes the moments of the kills repeatable (default: drawn and printed)
        """;

    public string Store { get; init; } = "sqlite";

    public int People { get; init; } = 5_000;

    public int Kills { get; init; } = 20;

    /// <summary>Whether an attempt in doubt is repeated when no receipt settled it by the deadline, or held.</summary>
    public bool Repeat { get; init; } = true;

    public int MessagesPerSecond { get; init; } = 80;

    public int TransientErrors { get; init; } = 50;

    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long anything that is waited for may take to come, before the run fails with what the sample printed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(15);

    public required int Seed { get; init; }

    /// <exception cref="UsageException">An option is unknown, given twice, without its value or out of range.</exception>
    public static RunOptions Read(IReadOnlyList<string> args, int drawnSeed)
    {
        var options = new RunOptions { Seed = drawnSeed };
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i += 2)
        {
            var name = args[i];
            if (!given.Add(name))
            {
                throw new UsageException($"{name} is given twice.");
            }

            var value = i + 1 < args.Count ? args[i + 1] : throw new UsageException($"{name} needs a value.");
            options = name switch
            {
                "--store" => options with { Store = value },
                "--people" => options with { People = Number(name, value, 10, 100_000) },
                "--kills" => options with { Kills = Number(name, value, 0, 1_000) },
                "--rate" => options with { MessagesPerSecond = Number(name, value, 1, 1_000) },
                "--errors" => options with { TransientErrors = Number(name, value, 0, 100_000) },
                "--deadline" => options with { Deadline = TimeSpan.FromSeconds(Number(name, value, 5, 3_600)) },
                "--seed" => options with { Seed = Number(name, value, 0, int.MaxValue) },
                "--policy" => options with
                {
                    Repeat = value switch
                    {
                        "repeat" => true,
                        "hold" => false,
                        _ => throw new UsageException($"--policy is {value}; it must be repeat or hold."),
                    },
                },
                _ => throw new UsageException($"{name} is unknown.\n{Usage}"),
            };
        }

        return options;
    }

    private static int Number(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{name} is {text}; it must be a whole number from {least} to {most}."));
}
