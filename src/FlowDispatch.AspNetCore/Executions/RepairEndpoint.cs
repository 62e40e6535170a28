using System.Text.Json;
using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary><c>POST /executions/{id}/repair</c>.</summary>
internal static class RepairEndpoint
{
    public static void MapRepair(this RouteGroupBuilder group) =>
        group.MapApi("POST", "/executions/{id}/repair", FlowDispatchRole.Operator, RepairAsync, StatusCodes.Status202Accepted);

    private static async Task<IResult> RepairAsync(ApiRequest request)
    {
        var repaired = await ExecutionEndpoints.FindAsync(request).ConfigureAwait(false);
        var body = await request.BodyAsync(optional: true).ConfigureAwait(false);
        var location = request.BasePath + "/executions";
        var key = IdempotencyKey.Read(request, body);
        var now = request.Service<TimeProvider>().GetUtcNow();
        if (key is not null
            && await request.Service<IStore>().Executions.FindIdempotencyAsync(request.OrganizationId, key.Key, now, request.Cancellation).ConfigureAwait(false) is { } kept)
        {
            return key.Replay(kept, location);
        }

        var creation = await request.Service<ExecutionRepairer>().RepairAsync(
            request.OrganizationId,
            repaired.Id,
            Read(new JsonFields(body.Root, new FieldErrors())),
            key is null ? null : execution => key.Entry(StatusCodes.Status202Accepted, ExecutionListing.Describe(request, execution), now),
            request.Cancellation).ConfigureAwait(false) ?? throw ApiException.NotFound();
        return creation.Execution is { } started
            ? Answer.Accepted($"{location}/{started.Id}", ExecutionListing.Describe(request, started))
            : key!.Replay(creation.Existing!, location);
    }

    private static RepairRequest Read(JsonFields fields)
    {
        var wanted = new RepairRequest();
        if (fields.List("statuses").Value is { } words)
        {
            wanted = wanted with { Statuses = [.. words.Select(w => Status(w.Path, w.Value, fields.Errors)).OfType<RecipientStatus>()] };
        }

        wanted = wanted with { ErrorCodes = fields.Texts("error_codes").Value, Query = fields.Text("query").Value };

        // What follows from an element that can't be read says nothing new.
        var errors = new FieldErrors();
        wanted.Check(errors);
        fields.Errors.AddMissing(errors);
        fields.Finish();
        return wanted;
    }

    private static RecipientStatus? Status(string path, JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.String && JsonText.TryWord<RecipientStatus>(value.GetString(), out var status) && RepairRequest.Repairable.Contains(status))
        {
            return status;
        }

        errors.Add(path, value.ValueKind == JsonValueKind.String ? RepairRequest.Refusal(value.GetString()!) : $"must be a text, not {JsonFields.Kind(value)}.");
        return null;
    }
}
