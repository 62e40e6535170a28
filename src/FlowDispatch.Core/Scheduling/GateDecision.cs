namespace FlowDispatch.Scheduling;

/// <summary>Whether a recipient's message may be handed over now.</summary>
internal abstract record GateDecision
{
    private GateDecision()
    {
    }

    /// <summary>Yes, as far as this recipient alone is concerned.</summary>
    /// <param name="Opening">True when the window policy's template goes first.</param>
    public sealed record Go(bool Opening) : GateDecision
    {
        /// <summary>With the message that is due.</summary>
        public static Go Plain { get; } = new(false);

        /// <summary>With the window policy's template.</summary>
        public static Go Opened { get; } = new(true);
    }

    /// <summary>Not before an instant.</summary>
    public sealed record Wait(DateTimeOffset Until, string Reason) : GateDecision;

    /// <summary>Never, for a reason.</summary>
    public sealed record Never(string Code, string Message) : GateDecision;
}
