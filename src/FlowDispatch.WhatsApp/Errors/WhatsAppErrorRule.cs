namespace FlowDispatch.WhatsApp.Errors;

/// <summary>How one code of the provider is read.</summary>
/// <param name="Class">What to do.</param>
/// <param name="Scope">With the two retry classes: what else must wait.</param>
/// <param name="Wait">With the two retry classes: the least wait; null leaves it to the backoff.</param>
/// <param name="MaxRetries">A smaller limit of this code's own; null leaves it to the automation.</param>
internal sealed record WhatsAppErrorRule(
    WhatsAppErrorClass Class, WhatsAppErrorScope Scope = WhatsAppErrorScope.Message, TimeSpan? Wait = null, int? MaxRetries = null)
{
    public bool IsTransient => Class is WhatsAppErrorClass.RetryWithBackoff or WhatsAppErrorClass.RetryLaterFixed;
}
