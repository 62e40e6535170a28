using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Executions;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Automations;
using FlowDispatch.Storage;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Automations;

/// <summary><c>/flow-automations</c>.</summary>
internal static class AutomationEndpoints
{
    // 100,000 contact ids are about 4 MB.
    private const int MostBytes = 8 * 1024 * 1024;

    public static void MapAutomations(this RouteGroupBuilder group)
    {
        group.MapApi("POST", "/flow-automations", FlowDispatchRole.Operator, CreateAsync, StatusCodes.Status201Created);
        group.MapApi("GET", "/flow-automations", FlowDispatchRole.Viewer, ListAsync);
        group.MapApi("GET", "/flow-automations/{id}", FlowDispatchRole.Viewer, ReadAsync);
        group.MapApi("PUT", "/flow-automations/{id}", FlowDispatchRole.Operator, UpdateAsync);
        group.MapApi("DELETE", "/flow-automations/{id}", FlowDispatchRole.Admin, DeleteAsync);
        group.MapApi("POST", "/flow-automations/{id}/pause", FlowDispatchRole.Operator, PauseAsync);
        group.MapApi("POST", "/flow-automations/{id}/resume", FlowDispatchRole.Operator, ResumeAsync);
        group.MapApi("POST", "/flow-automations/{id}/duplicate", FlowDispatchRole.Operator, DuplicateAsync, StatusCodes.Status201Created);
        group.MapApi("GET", "/flow-automations/{id}/stats", FlowDispatchRole.Viewer, StatsAsync);
        group.MapApi("GET", "/flow-automations/{id}/variables", FlowDispatchRole.Viewer, ListVariablesAsync);
        group.MapApi("GET", "/flow-automations/{id}/executions", FlowDispatchRole.Viewer, ListExecutionsAsync);
    }

    /// <summary>The automation that the route names.</summary>
    public static async Task<Automation> FindAsync(ApiRequest request) => request.Found(
        await request.Service<IStore>().Automations.FindAsync(request.OrganizationId, new AutomationId(request.RouteId()), request.Cancellation).ConfigureAwait(false));

    private static async Task<IResult> CreateAsync(ApiRequest request)
    {
        request.Allow();
        var body = await request.BodyAsync(limit: MostBytes).ConfigureAwait(false);
        var location = request.BasePath + "/flow-automations";
        var key = IdempotencyKey.Read(request, body);
        var now = request.Service<TimeProvider>().GetUtcNow();
        if (key is not null
            && await request.Service<IStore>().Executions.FindIdempotencyAsync(request.OrganizationId, key.Key, now, request.Cancellation).ConfigureAwait(false) is { } kept)
        {
            return key.Replay(kept, location);
        }

        var fields = new AutomationFields(new JsonFields(body.Root, new FieldErrors()));
        var settings = fields.Create();
        await ThrowIfWrongAsync(request, fields, settings).ConfigureAwait(false);
        var made = await request.Service<AutomationService>().CreateAsync(
            request.OrganizationId,
            settings,
            key is null ? null : answer => key.Entry(StatusCodes.Status201Created, AutomationAnswer.Of(answer.Automation, null, answer.Warnings), now),
            request.Cancellation).ConfigureAwait(false);
        return made.Existing is { } existing
            ? key!.Replay(existing, location)
            : Answer.Created($"{location}/{made.Automation.Id}", AutomationAnswer.Of(made.Automation, null, made.Warnings));
    }

    private static async Task<IResult> ListAsync(ApiRequest request)
    {
        request.Allow();
        var status = request.Query.Word<AutomationStatus>("status");
        var trigger = request.Query.Filter("trigger_type");
        if (trigger is not (null or "manual" or "scheduled" or "cron" or "webhook" or "event"))
        {
            request.Query.Errors.Add("trigger_type", "must be one of manual, scheduled, cron, webhook, event.");
        }

        var text = request.Query.Filter("query");
        var page = request.Query.Page();
        request.Query.Done();
        var found = await request.Service<IStore>().Automations.ListAsync(
            request.OrganizationId, status, trigger, text, page.Request, request.Cancellation).ConfigureAwait(false);
        var answers = new List<AutomationAnswer>(found.Items.Count);
        foreach (var automation in found.Items)
        {
            var totals = await request.Service<AutomationService>().TotalAsync(automation, request.Cancellation).ConfigureAwait(false);
            answers.Add(AutomationAnswer.Of(automation, totals, warnings: null));
        }

        return Listing.Of(page, new Page<AutomationAnswer>(answers, found.Total, found.NextCursor), a => a);
    }

    private static async Task<IResult> ReadAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        var service = request.Service<AutomationService>();
        return Answer.Ok(await DescribeAsync(request, await service.CheckAsync(found, request.Cancellation).ConfigureAwait(false)).ConfigureAwait(false));
    }

    private static async Task<IResult> UpdateAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        var fields = new AutomationFields(await request.FieldsAsync(limit: MostBytes).ConfigureAwait(false));
        fields.Change(found.Settings);
        await ThrowIfWrongAsync(request, fields, fields.Apply(found.Settings)).ConfigureAwait(false);
        var changed = await request.Service<AutomationService>().UpdateAsync(
            request.OrganizationId, found.Id, fields.Apply, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(await DescribeAsync(request, changed ?? throw ApiException.NotFound()).ConfigureAwait(false));
    }

    private static async Task<IResult> DeleteAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        return await request.Service<AutomationService>().ArchiveAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false)
            ? Answer.NoContent()
            : throw ApiException.NotFound();
    }

    private static async Task<IResult> PauseAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        (await request.FieldsAsync(optional: true).ConfigureAwait(false)).Finish();
        var paused = await request.Service<AutomationSwitch>().PauseAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false);
        return await DescribeAsync(request, paused).ConfigureAwait(false);
    }

    private static async Task<IResult> ResumeAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        (await request.FieldsAsync(optional: true).ConfigureAwait(false)).Finish();
        var resumed = await request.Service<AutomationSwitch>().ResumeAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false);
        return await DescribeAsync(request, resumed).ConfigureAwait(false);
    }

    private static async Task<IResult> DuplicateAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        (await request.FieldsAsync(optional: true).ConfigureAwait(false)).Finish();
        var copy = await request.Service<AutomationService>().DuplicateAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false)
            ?? throw ApiException.NotFound();
        return Answer.Created($"{request.BasePath}/flow-automations/{copy.Automation.Id}", AutomationAnswer.Of(copy.Automation, null, copy.Warnings));
    }

    private static async Task<IResult> StatsAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return Answer.Ok(AutomationStats.Of(found.Id.Value, await request.Service<AutomationService>().TotalAsync(found, request.Cancellation).ConfigureAwait(false)));
    }

    private static async Task<IResult> ListVariablesAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return Answer.Ok(TemplateUses.Of(
            await request.Service<AutomationValidator>().FindUsesAsync(request.OrganizationId, found.Settings, request.Cancellation).ConfigureAwait(false)));
    }

    private static async Task<IResult> ListExecutionsAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        return await ExecutionListing.AnswerAsync(request, found.Id).ConfigureAwait(false);
    }

    // Everything wrong is said at once: what can't be read first, then what can't be run.
    private static async Task ThrowIfWrongAsync(ApiRequest request, AutomationFields fields, AutomationSettings settings)
    {
        if (fields.Errors.Any)
        {
            var unfit = new FieldErrors();
            await request.Service<AutomationValidator>().CheckAsync(request.OrganizationId, settings, unfit, request.Cancellation).ConfigureAwait(false);
            fields.Errors.AddMissing(unfit);
            fields.Errors.ThrowIfAny();
        }
    }

    private static async Task<IResult> DescribeAsync(ApiRequest request, Automation? automation)
    {
        var known = await request.Service<AutomationService>().CheckAsync(automation ?? throw ApiException.NotFound(), request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(await DescribeAsync(request, known).ConfigureAwait(false));
    }

    private static async Task<AutomationAnswer> DescribeAsync(ApiRequest request, CheckedAutomation known) => AutomationAnswer.Of(
        known.Automation,
        await request.Service<AutomationService>().TotalAsync(known.Automation, request.Cancellation).ConfigureAwait(false),
        known.Warnings);
}
