using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Limits;

/// <summary>When an execution has failed too often on the provider's side. Pure.</summary>
internal static class ErrorBudgetRule
{
    /// <summary>Whether failing with this code says something about the provider or the way to it, and not about our data, texts or decisions.</summary>
    public static bool IsProviderSide(string code) =>
        ReasonCatalogue.Find(code)?.Code
            is null
            or ReasonCodes.ProviderError
            or ReasonCodes.NotConnected
            or ReasonCodes.CircuitOpen
            or ReasonCodes.ChannelNotConfigured
            or ReasonCodes.ContentNotSupported
            or ReasonCodes.HttpStatus;

    /// <summary>How many failed on the provider's side.</summary>
    public static int ProviderSide(IEnumerable<ErrorCount> errors) => errors.Where(e => IsProviderSide(e.Code)).Sum(e => e.Count);

    /// <summary>Whether so many failures are too many; more failures never make it fewer, so an upper bound of them can rule it out.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="forgiven">What it no longer counts.</param>
    /// <param name="sent">Those the provider took a message for.</param>
    /// <param name="failed">Those who failed on the provider's side.</param>
    public static bool IsUsedUp(ErrorBudget budget, ForgivenResults forgiven, int sent, int failed)
    {
        (sent, failed) = Since(forgiven, sent, failed);
        return failed > 0 && sent + failed >= budget.Minimum && 100m * failed >= (decimal)budget.Percent * (sent + failed);
    }

    /// <summary>Why the execution is paused, for people; it begins with the reason's code.</summary>
    public static string Explain(ErrorBudget budget, ForgivenResults forgiven, int sent, int failed)
    {
        (sent, failed) = Since(forgiven, sent, failed);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ReasonCodes.ErrorBudget}: {failed} of {sent + failed} messages failed on the provider's side ({100m * failed / (sent + failed):0.#} %; the budget is {budget.Percent} % from {budget.Minimum} on). See the errors, mend their cause, then resume: it counts anew from there.");
    }

    // A delivery that is reported late turns a failure that was forgiven into none.
    private static (int Sent, int Failed) Since(ForgivenResults forgiven, int sent, int failed) =>
        (Math.Max(0, sent - forgiven.Sent), Math.Max(0, failed - forgiven.Failed));
}
