namespace FlowDispatch.Sending;

/// <summary>How long a recipient waits after a transient failure.</summary>
internal static class RetryBackoff
{
    private const double FirstSeconds = 60;
    private const double MostSeconds = 3_600;
    private const double Jitter = 0.1;

    /// <summary>A minute after the first failed attempt, twice as long after each further one, at most an hour; and up to a tenth on top.</summary>
    /// <remarks>The jitter only ever adds, so that a provider is never asked earlier than promised.</remarks>
    /// <param name="attempt">How many attempts of the step have failed, from 1.</param>
    /// <param name="random">Spreads the tries of those who failed together.</param>
    public static TimeSpan Delay(int attempt, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var seconds = Math.Min(FirstSeconds * Math.Pow(2, attempt - 1), MostSeconds);
        return TimeSpan.FromSeconds(seconds * (1 + (Jitter * random.NextDouble())));
    }
}
