using FlowDispatch.Channels;
using FlowDispatch.Executions;

namespace FlowDispatch.Recipients;

/// <summary>Says why a recipient was sent to, skipped, or not sent to yet, by the rules that the engine goes by. Pure.</summary>
public static class RecipientExplainer
{
    /// <summary>Explains a recipient; for many of one execution make one <see cref="RecipientOutlook"/>.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="execution">Its execution.</param>
    /// <param name="channel">The execution's channel; null when it is gone.</param>
    /// <param name="now">The present instant.</param>
    public static RecipientExplanation Explain(Recipient recipient, Execution execution, Channel? channel, DateTimeOffset now) =>
        new RecipientOutlook(execution, channel, now).Explain(recipient);
}
