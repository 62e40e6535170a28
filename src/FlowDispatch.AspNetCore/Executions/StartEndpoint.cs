using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Automations;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary><c>POST /flow-automations/{id}/start</c>.</summary>
internal static class StartEndpoint
{
    public static void MapStart(this RouteGroupBuilder group) =>
        group.MapApi("POST", "/flow-automations/{id}/start", FlowDispatchRole.Operator, StartAsync, StatusCodes.Status202Accepted);

    private static async Task<IResult> StartAsync(ApiRequest request)
    {
        var automation = await AutomationEndpoints.FindAsync(request).ConfigureAwait(false);
        var body = await request.BodyAsync(optional: true).ConfigureAwait(false);
        var location = request.BasePath + "/executions";
        var key = IdempotencyKey.Read(request, body);
        var now = request.Service<TimeProvider>().GetUtcNow();
        if (key is not null
            && await request.Service<IStore>().Executions.FindIdempotencyAsync(request.OrganizationId, key.Key, now, request.Cancellation).ConfigureAwait(false) is { } kept)
        {
            return key.Replay(kept, location);
        }

        var creation = await request.Service<ExecutionStarter>().StartAsync(
            automation,
            Read(new JsonFields(body.Root, new FieldErrors())),
            key is null ? null : execution => key.Entry(StatusCodes.Status202Accepted, ExecutionListing.Describe(request, execution), now),
            request.Cancellation).ConfigureAwait(false);
        return creation.Execution is { } started
            ? Answer.Accepted($"{location}/{started.Id}", ExecutionListing.Describe(request, started))
            : key!.Replay(creation.Existing!, location);
    }

    private static StartRequest Read(JsonFields fields)
    {
        var test = fields.Flag("test_mode").Value ?? false;
        var contacts = new List<ContactId>();
        foreach (var (path, value) in fields.List("test_contact_ids").Value ?? [])
        {
            if (value.ValueKind == System.Text.Json.JsonValueKind.String && Guid.TryParseExact(value.GetString(), "D", out var id))
            {
                contacts.Add(new ContactId(id));
            }
            else
            {
                fields.Errors.Add(path, "must be a contact's id, a UUID.");
            }
        }

        fields.Finish();
        return new() { TestMode = test, TestContactIds = contacts };
    }
}
