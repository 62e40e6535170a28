using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Executions;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Channels;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Recipients;

/// <summary><c>/executions/{id}/recipients</c> and <c>/recipients</c>.</summary>
internal static class RecipientEndpoints
{
    public static void MapRecipients(this RouteGroupBuilder group)
    {
        group.MapApi("GET", "/executions/{id}/recipients", FlowDispatchRole.Viewer, ListAsync);
        group.MapApi("GET", "/executions/{id}/export", FlowDispatchRole.Operator, ExportAsync);
        group.MapApi("GET", "/recipients/{id}", FlowDispatchRole.Viewer, ReadAsync);
        group.MapApi("POST", "/recipients/{id}/resolve", FlowDispatchRole.Operator, ResolveAsync);
    }

    private static async Task<IResult> ListAsync(ApiRequest request)
    {
        var execution = await ExecutionEndpoints.FindAsync(request).ConfigureAwait(false);
        var filter = RecipientQuery.Filter(request.Query);
        var page = request.Query.PageOrCursor(RecipientQuery.IsCursor);
        request.Query.Done();
        var found = await request.Service<IStore>().Recipients.ListAsync(
            request.OrganizationId, execution.Id, filter, page.Request, request.Cancellation).ConfigureAwait(false);
        var outlook = Outlook(request, execution);
        return Listing.Of(page, found, row => RecipientAnswer.Of(outlook.Show(row)));
    }

    private static async Task<IResult> ExportAsync(ApiRequest request)
    {
        var execution = await ExecutionEndpoints.FindAsync(request).ConfigureAwait(false);
        var format = request.Query.Word<ExportFormat>("format") ?? ExportFormat.Csv;
        var filter = RecipientQuery.Filter(request.Query);
        request.Query.Done();
        var rows = request.Service<IStore>().Recipients.StreamAsync(request.OrganizationId, execution.Id, filter, cancellationToken: request.Cancellation);
        return new RecipientExport(execution, rows, Outlook(request, execution), format);
    }

    private static async Task<IResult> ReadAsync(ApiRequest request)
    {
        var row = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return Answer.Ok(await DescribeAsync(request, row).ConfigureAwait(false));
    }

    private static async Task<IResult> ResolveAsync(ApiRequest request)
    {
        var row = await FindAsync(request).ConfigureAwait(false);
        var fields = await request.FieldsAsync().ConfigureAwait(false);
        fields.Require("outcome");
        var outcome = fields.Word<DoubtOutcome>("outcome").Value;
        fields.Finish();
        await request.Service<ExecutionService>().ResolveAsync(row, outcome == DoubtOutcome.Sent, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(await DescribeAsync(request, await FindAsync(request).ConfigureAwait(false)).ConfigureAwait(false));
    }

    private static async Task<Recipient> FindAsync(ApiRequest request) => request.Found(
        RecipientId.TryParse(request.RouteId().ToString(), out var id)
            ? await request.Service<IStore>().Recipients.FindAsync(request.OrganizationId, id, request.Cancellation).ConfigureAwait(false)
            : null);

    private static async Task<RecipientDetail> DescribeAsync(ApiRequest request, Recipient row)
    {
        var store = request.Service<IStore>();
        var execution = await store.Executions.FindAsync(request.OrganizationId, row.ExecutionId, request.Cancellation).ConfigureAwait(false)
            ?? throw ApiException.NotFound();
        var events = await store.Recipients.ReadHistoryAsync(row.Id, request.Cancellation).ConfigureAwait(false);
        var outlook = Outlook(request, execution);
        return new(RecipientAnswer.Of(outlook.Show(row)), HistoryEntry.Of(row, events), outlook.Explain(row));
    }

    private static RecipientOutlook Outlook(ApiRequest request, Execution execution) => new(
        execution,
        request.Service<ChannelRegistry>().Find(request.OrganizationId, execution.Snapshot.Settings.ChannelId),
        request.Service<TimeProvider>().GetUtcNow());

    private enum DoubtOutcome
    {
        Sent,
        NotSent,
    }
}
