namespace FlowDispatch.Sample.Simulator;

/// <summary>A receipt on its way to the receiver.</summary>
internal sealed record DueReceipt(Owed Owed, KeptMessage Message)
{
    public Receipt Receipt => Message.Receipts[Owed.Next];
}
