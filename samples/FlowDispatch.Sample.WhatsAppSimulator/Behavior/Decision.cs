namespace FlowDispatch.Sample.Simulator;

/// <summary>What becomes of one valid message: refused, or taken with the receipts that will follow.</summary>
internal sealed record Decision(
    ProviderError? Refusal, int LatencyMs, bool AnswerLost, bool ReceiptBeforeAnswer, IReadOnlyList<Receipt> Receipts);
