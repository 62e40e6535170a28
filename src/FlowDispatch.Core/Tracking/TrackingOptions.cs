namespace FlowDispatch.Tracking;

/// <summary>How receipts and replies are settled.</summary>
public sealed class TrackingOptions
{
    /// <summary>
    /// The words that opt a person out when they are the whole message; case, accents, spaces and punctuation around them are
    /// ignored. Default STOP, SAIR, PARAR, CANCELAR; values from configuration are added to these.
    /// </summary>
    public IReadOnlyCollection<string> OptOutWords { get; set; } = ["STOP", "SAIR", "PARAR", "CANCELAR"];

    /// <summary>How long a receipt or reply that matches nobody is kept and tried again. Default 7 days; 7 to 365 days.</summary>
    public TimeSpan UnmatchedRetention { get; set; } = TimeSpan.FromDays(7);
}
