using FlowDispatch.Flows;
using FlowDispatch.Recipients;

namespace FlowDispatch.Tracking;

/// <summary>Which message of a run a failure is about: by the time a receipt says so, the run has often gone on.</summary>
/// <param name="Node">The node to send again; null for the run's first message, which a window policy's template may take the place of.</param>
/// <param name="Attempts">How many attempts it had, this one included; at least 1.</param>
internal readonly record struct FailedStep(string? Node, int Attempts)
{
    /// <summary>Finds the message of <paramref name="attempt"/> in the flow.</summary>
    /// <remarks>
    /// Each earlier message of the run took at least one attempt, so the count is exact for the first and never too small
    /// for a later one: a message that the provider takes and reports as failed time and again comes to an end.
    /// </remarks>
    public static FailedStep Of(Recipient row, int attempt, IReadOnlyList<FlowNode> flow)
    {
        var path = Messages(flow);
        var at = row.FlowCurrentNode is null ? 0 : path.IndexOf(row.FlowCurrentNode);
        if (at < 0)
        {
            at = path.Count;
        }

        // A message that was taken has moved the run on, unless only a receipt has told of it so far.
        var movedOn = attempt <= row.Attempts && row.Status == RecipientStatus.Sent && row.WaitingReason != ReasonCodes.AwaitingReceipt;
        var step = Math.Clamp(movedOn ? at - 1 : at, 0, Math.Max(path.Count - 1, 0));
        return new(step == 0 ? null : path[step], Math.Max(attempt - step, 1));
    }

    private static List<string> Messages(IReadOnlyList<FlowNode> flow)
    {
        var path = new List<string>();
        var next = flow.OfType<FlowNode.Start>().FirstOrDefault()?.Next;
        while (next is not null && path.Count < flow.Count && flow.FirstOrDefault(n => n.Id == next) is { Successor: { } successor } node)
        {
            path.Add(node.Id);
            next = successor;
        }

        return path;
    }
}
