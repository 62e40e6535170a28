namespace FlowDispatch.Scheduling;

/// <summary>The messages of one hour.</summary>
/// <param name="Hour">Its first instant, a whole hour in UTC.</param>
/// <param name="Messages">How many leave before the next.</param>
public sealed record ForecastHour(DateTimeOffset Hour, long Messages);
