using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary>Executions with what their rows alone do not tell.</summary>
internal static class ExecutionListing
{
    /// <summary>A page of an automation's executions, newest first.</summary>
    public static async Task<IResult> AnswerAsync(ApiRequest request, AutomationId automation)
    {
        var page = request.Query.Page();
        request.Query.Done();
        var found = await request.Service<IStore>().Executions.ListAsync(request.OrganizationId, automation, page.Request, request.Cancellation).ConfigureAwait(false);
        var answers = new List<ExecutionAnswer>(found.Items.Count);
        foreach (var execution in found.Items)
        {
            answers.Add(await DescribeAsync(request, execution).ConfigureAwait(false));
        }

        return Listing.Of(page, new Page<ExecutionAnswer>(answers, found.Total, found.NextCursor), a => a);
    }

    /// <summary>An execution as users see it now.</summary>
    public static async Task<ExecutionAnswer> DescribeAsync(ApiRequest request, Execution execution)
    {
        var errors = await request.Service<IStore>().Executions.CountErrorsAsync(execution.Id, request.Cancellation).ConfigureAwait(false);
        var finish = await request.Service<ExecutionForecaster>().FinishAsync(execution, request.Cancellation).ConfigureAwait(false);
        return ExecutionAnswer.Of(execution, errors, finish, request.Service<TimeProvider>().GetUtcNow());
    }

    /// <summary>An execution as users see it when it was just made.</summary>
    public static ExecutionAnswer Describe(ApiRequest request, Execution execution) =>
        ExecutionAnswer.Of(execution, [], finish: null, request.Service<TimeProvider>().GetUtcNow());
}
