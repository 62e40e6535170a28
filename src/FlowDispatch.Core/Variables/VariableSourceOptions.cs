namespace FlowDispatch.Variables;

/// <summary>How variable sources are asked.</summary>
public sealed class VariableSourceOptions
{
    /// <summary>
    /// How long a source may take for one batch, whether it gives or takes back. Later answers are nobody's: the same people are
    /// asked for again. Default 30 s; 100 ms to 10 min.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
