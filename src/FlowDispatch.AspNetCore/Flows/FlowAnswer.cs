using System.Text.Json.Nodes;
using FlowDispatch.Flows;

namespace FlowDispatch.AspNetCore.Flows;

/// <summary>A flow as users see it, the nodes as they wrote them.</summary>
internal sealed record FlowAnswer(Guid Id, string Name, int Version, JsonArray Nodes, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static FlowAnswer Of(Flow flow) =>
        new(flow.Id.Value, flow.Name, flow.Version, FlowJson.Write(flow.Nodes), flow.CreatedAt, flow.UpdatedAt);
}
