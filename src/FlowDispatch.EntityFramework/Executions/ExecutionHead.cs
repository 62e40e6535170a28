using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Executions;

/// <summary>What recipients' rows take from their execution.</summary>
internal sealed record ExecutionHead(int Number, ExecutionId Id, string OrganizationId, string ChannelId, DateTimeOffset CreatedAt, ExecutionStatus Status)
{
    public bool IsOpen => Status is ExecutionStatus.Queued or ExecutionStatus.Running or ExecutionStatus.Paused;

    public RecipientId RecipientAt(int ordinal) => RecipientId.Create(Number, ordinal, CreatedAt);
}
