namespace FlowDispatch.Uploads;

/// <summary>How an uploaded text is laid out.</summary>
public enum ContactFileMode
{
    /// <summary>A header, then a row for each person.</summary>
    Csv = 0,

    /// <summary>Numbers only, one a line, or separated by commas or semicolons.</summary>
    List = 1,
}
