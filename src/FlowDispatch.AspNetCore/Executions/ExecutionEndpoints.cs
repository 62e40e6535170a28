using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary><c>/executions</c>.</summary>
internal static class ExecutionEndpoints
{
    public static void MapExecutions(this RouteGroupBuilder group)
    {
        group.MapStart();
        group.MapPreview();
        group.MapRepair();
        group.MapApi("GET", "/executions/{id}", FlowDispatchRole.Viewer, ReadAsync);
        group.MapApi("GET", "/executions/{id}/verify", FlowDispatchRole.Viewer, VerifyAsync);
        group.MapApi("POST", "/executions/{id}/pause", FlowDispatchRole.Operator, PauseAsync);
        group.MapApi("POST", "/executions/{id}/resume", FlowDispatchRole.Operator, ResumeAsync);
        group.MapApi("POST", "/executions/{id}/cancel", FlowDispatchRole.Operator, CancelAsync);
    }

    /// <summary>The execution that the route names.</summary>
    public static async Task<Execution> FindAsync(ApiRequest request) => request.Found(
        await request.Service<IStore>().Executions.FindAsync(request.OrganizationId, new ExecutionId(request.RouteId()), request.Cancellation).ConfigureAwait(false));

    private static async Task<IResult> ReadAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return Answer.Ok(await ExecutionListing.DescribeAsync(request, found).ConfigureAwait(false));
    }

    private static async Task<IResult> VerifyAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        var audit = await request.Service<IStore>().Executions.AuditAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(VerifyAnswer.Of(audit ?? throw ApiException.NotFound()));
    }

    private static async Task<IResult> PauseAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        var reason = await ReasonAsync(request).ConfigureAwait(false);
        var paused = await request.Service<ExecutionService>().PauseAsync(request.OrganizationId, found.Id, reason, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(await ExecutionListing.DescribeAsync(request, paused ?? throw ApiException.NotFound()).ConfigureAwait(false));
    }

    private static async Task<IResult> ResumeAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        await ReasonAsync(request).ConfigureAwait(false);
        var service = request.Service<ExecutionService>();
        var resumed = await service.ResumeAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false) ?? throw ApiException.NotFound();
        var outlook = await service.LookAheadAsync(resumed, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(new ResumedAnswer(await ExecutionListing.DescribeAsync(request, resumed).ConfigureAwait(false), outlook));
    }

    private static async Task<IResult> CancelAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        var reason = await ReasonAsync(request).ConfigureAwait(false);
        var cancelled = await request.Service<ExecutionService>().CancelAsync(request.OrganizationId, found.Id, reason, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(await ExecutionListing.DescribeAsync(request, cancelled ?? throw ApiException.NotFound()).ConfigureAwait(false));
    }

    private static async Task<string?> ReasonAsync(ApiRequest request)
    {
        var fields = await request.FieldsAsync(optional: true).ConfigureAwait(false);
        var reason = fields.Text("reason", 0, ExecutionService.MaxReason).Value;
        fields.Finish();
        return reason;
    }

    private sealed record ResumedAnswer : ExecutionAnswer
    {
        [SetsRequiredMembers]
        public ResumedAnswer(ExecutionAnswer execution, ResumeOutlook outlook)
            : base(execution) => (Eligible, Waiting) = (outlook.Eligible, outlook.Waiting);

        [JsonPropertyOrder(1)]
        public int Eligible { get; }

        [JsonPropertyOrder(1)]
        public IReadOnlyList<WaitingCount> Waiting { get; }
    }
}
