namespace FlowDispatch.WhatsApp.Errors;

/// <summary>How far a passing error reaches.</summary>
internal enum WhatsAppErrorScope
{
    /// <summary>Only this message, or this person.</summary>
    Message,

    /// <summary>Everything of the number: the provider limits it for a while, whoever is written to.</summary>
    Channel,

    /// <summary>The provider itself is in trouble; it counts for the circuit breaker.</summary>
    Service,
}
