namespace FlowDispatch.Recipients;

/// <summary>How a run goes on after a message was taken.</summary>
public abstract record RunStep
{
    private RunStep()
    {
    }

    /// <summary>The run has reached its end.</summary>
    /// <param name="Node">The end node.</param>
    /// <param name="Outcome">The end's word; <c>completed</c> where it has none.</param>
    public sealed record End(string Node, string Outcome) : RunStep;

    /// <summary>Another message follows at once.</summary>
    /// <param name="Node">The node to send next.</param>
    public sealed record Send(string Node) : RunStep;

    /// <summary>The run waits for the person's answer.</summary>
    /// <param name="Node">The node to send when it came.</param>
    /// <param name="Until">When the run ends without one.</param>
    public sealed record AwaitReply(string Node, DateTimeOffset Until) : RunStep;
}
