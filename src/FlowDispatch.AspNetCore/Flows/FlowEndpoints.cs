using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Flows;
using FlowDispatch.Storage;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Flows;

/// <summary><c>/flows</c>.</summary>
internal static class FlowEndpoints
{
    public static void MapFlows(this RouteGroupBuilder group)
    {
        group.MapApi("POST", "/flows", FlowDispatchRole.Operator, CreateAsync, StatusCodes.Status201Created);
        group.MapApi("GET", "/flows", FlowDispatchRole.Viewer, ListAsync);
        group.MapApi("POST", "/flows/validate", FlowDispatchRole.Operator, ValidateAsync);
        group.MapApi("GET", "/flows/{id}", FlowDispatchRole.Viewer, ReadAsync);
        group.MapApi("PUT", "/flows/{id}", FlowDispatchRole.Operator, UpdateAsync);
        group.MapApi("DELETE", "/flows/{id}", FlowDispatchRole.Admin, DeleteAsync);
        group.MapApi("GET", "/flows/{id}/versions", FlowDispatchRole.Viewer, ListVersionsAsync);
    }

    private static async Task<IResult> CreateAsync(ApiRequest request)
    {
        request.Allow();
        var (name, nodes) = Read(request, await request.FieldsAsync().ConfigureAwait(false), complete: true);
        var flow = await request.Service<FlowService>().CreateAsync(request.OrganizationId, name!, nodes!, request.Cancellation).ConfigureAwait(false);
        return Answer.Created($"{request.BasePath}/flows/{flow.Id}", FlowAnswer.Of(flow));
    }

    private static async Task<IResult> ListAsync(ApiRequest request)
    {
        request.Allow();
        var page = request.Query.Page();
        request.Query.Done();
        return Listing.Of(page, await Flows(request).ListAsync(request.OrganizationId, page.Request, request.Cancellation).ConfigureAwait(false), FlowAnswer.Of);
    }

    private static async Task<IResult> ValidateAsync(ApiRequest request)
    {
        request.Allow();
        var fields = await request.FieldsAsync().ConfigureAwait(false);
        try
        {
            Read(request, fields, complete: true, nameIsOptional: true);
            return Answer.Ok(new FlowVerdict(true, []));
        }
        catch (InvalidFieldsException invalid)
        {
            return Answer.Ok(new FlowVerdict(false, [.. invalid.Errors.SelectMany(e => e.Value.Select(m => new FlowFault(e.Key, m)))]));
        }
    }

    private static async Task<IResult> ReadAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return Answer.Ok(FlowAnswer.Of(found));
    }

    private static async Task<IResult> UpdateAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        var (name, nodes) = Read(request, await request.FieldsAsync().ConfigureAwait(false), complete: false);
        var flow = await request.Service<FlowService>().UpdateAsync(request.OrganizationId, found.Id, name, nodes, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(FlowAnswer.Of(flow ?? throw ApiException.NotFound()));
    }

    private static async Task<IResult> DeleteAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        var now = request.Service<TimeProvider>().GetUtcNow();
        return await Flows(request).DeleteAsync(request.OrganizationId, found.Id, now, request.Cancellation).ConfigureAwait(false)
            ? Answer.NoContent()
            : throw ApiException.NotFound();
    }

    private static async Task<IResult> ListVersionsAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        var page = request.Query.Page();
        request.Query.Done();
        var versions = await Flows(request).ListVersionsAsync(request.OrganizationId, found.Id, page.Request, request.Cancellation).ConfigureAwait(false);
        return Listing.Of(page, versions, FlowAnswer.Of);
    }

    private static IFlowStore Flows(ApiRequest request) => request.Service<IStore>().Flows;

    private static async Task<Flow> FindAsync(ApiRequest request) => request.Found(
        await Flows(request).FindAsync(request.OrganizationId, new FlowId(request.RouteId()), version: null, request.Cancellation).ConfigureAwait(false));

    // Everything wrong is said at once: what can't be read first, then what can't be run.
    private static (string? Name, IReadOnlyList<FlowNode>? Nodes) Read(ApiRequest request, JsonFields fields, bool complete, bool nameIsOptional = false)
    {
        if (!complete)
        {
            fields.RefuseNull("name", "nodes");
        }
        else if (nameIsOptional)
        {
            fields.Require("nodes");
        }
        else
        {
            fields.Require("name", "nodes");
        }

        var name = fields.Text("name", 1, 255);
        var given = fields.Any("nodes");
        var nodes = given.Value is { } json ? FlowJson.Read(json, fields.Errors) : null;
        fields.RefuseUnknown();
        if (nodes is not null)
        {
            var unfit = new FieldErrors();
            request.Service<FlowValidator>().Check(nodes, unfit);
            fields.Errors.AddMissing(unfit);
        }

        fields.Errors.ThrowIfAny();
        return (name.Value, nodes?.OfType<FlowNode>().ToList());
    }

    private sealed record FlowVerdict(bool Valid, IReadOnlyList<FlowFault> Errors);

    private sealed record FlowFault(string Path, string Message);
}
