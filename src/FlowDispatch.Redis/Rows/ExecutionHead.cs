using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Redis.Rows;

/// <summary>What of an execution never changes.</summary>
/// <param name="Made">The execution as it was made.</param>
internal sealed record ExecutionHead(Execution Made)
{
    public int Number => Made.Number;

    public ExecutionId Id => Made.Id;

    public string OrganizationId => Made.OrganizationId;

    public AutomationId AutomationId => Made.AutomationId;

    public string ChannelId => Made.Snapshot.Settings.ChannelId;

    public RecipientId RecipientAt(int ordinal) => RecipientId.Create(Made.Number, ordinal, Made.CreatedAt);
}
