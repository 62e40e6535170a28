using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Automations;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Executions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary><c>POST /flow-automations/{id}/preview</c>.</summary>
internal static class PreviewEndpoint
{
    private const int DefaultLimit = 10;

    public static void MapPreview(this RouteGroupBuilder group) =>
        group.MapApi("POST", "/flow-automations/{id}/preview", FlowDispatchRole.Operator, PreviewAsync);

    private static async Task<IResult> PreviewAsync(ApiRequest request)
    {
        var automation = await AutomationEndpoints.FindAsync(request).ConfigureAwait(false);
        var fields = await request.FieldsAsync(optional: true).ConfigureAwait(false);
        var limit = fields.WholeNumber("limit", 1, ExecutionPreviewer.MaxRecipients).Value ?? DefaultLimit;
        fields.Finish();
        return Answer.Ok(PreviewAnswer.Of(
            await request.Service<ExecutionPreviewer>().PreviewAsync(automation, limit, request.Cancellation).ConfigureAwait(false)));
    }
}
