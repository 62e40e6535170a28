using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Contacts;
using FlowDispatch.Retention;
using FlowDispatch.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Contacts;

/// <summary><c>/contacts</c>.</summary>
internal static class ContactEndpoints
{
    public static void MapContacts(this RouteGroupBuilder group)
    {
        group.MapApi("POST", "/contacts", FlowDispatchRole.Operator, SaveAsync, StatusCodes.Status200OK, StatusCodes.Status201Created);
        group.MapApi("GET", "/contacts", FlowDispatchRole.Viewer, ListAsync);
        group.MapApi("GET", "/contacts/{id}", FlowDispatchRole.Viewer, ReadAsync);
        group.MapApi("PUT", "/contacts/{id}", FlowDispatchRole.Operator, UpdateAsync);
        group.MapApi("DELETE", "/contacts/{id}", FlowDispatchRole.Admin, DeleteAsync);
        group.MapApi("POST", "/contacts/{id}/erase", FlowDispatchRole.Admin, EraseAsync, StatusCodes.Status200OK, StatusCodes.Status202Accepted);
        group.MapApi("POST", "/contacts/{id}/opt-out", FlowDispatchRole.Operator, r => NoteAsync(r, (id, why) => OptInAsync(r, id, false, why)));
        group.MapApi("POST", "/contacts/{id}/opt-in", FlowDispatchRole.Operator, r => NoteAsync(r, (id, why) => OptInAsync(r, id, true, why)));
        group.MapApi("POST", "/contacts/{id}/block", FlowDispatchRole.Operator, r => NoteAsync(r, (id, why) => BlockAsync(r, id, true, why)));
        group.MapApi("POST", "/contacts/{id}/unblock", FlowDispatchRole.Operator, r => NoteAsync(r, (id, why) => BlockAsync(r, id, false, why)));
    }

    private static async Task<IResult> SaveAsync(ApiRequest request)
    {
        request.Allow();
        request.Query.Done();
        var given = ContactFieldsReader.Read(await request.FieldsAsync().ConfigureAwait(false));
        var saved = await Service(request).SaveAsync(request.OrganizationId, given, request.Cancellation).ConfigureAwait(false);
        var answer = ContactAnswer.Of(saved.Contact);
        return saved.Created ? Answer.Created($"{request.BasePath}/contacts/{answer.Id}", answer) : Answer.Ok(answer);
    }

    private static async Task<IResult> ListAsync(ApiRequest request)
    {
        request.Allow();
        var (text, tag) = (request.Query.Filter("query"), request.Query.Filter("tag"));
        var page = request.Query.PageOrCursor(cursor => ContactId.TryParse(cursor, out _));
        request.Query.Done();
        var contacts = await Contacts(request).ListAsync(request.OrganizationId, text, tag, page.Request, request.Cancellation).ConfigureAwait(false);
        return Listing.Of(page, contacts, ContactAnswer.Of);
    }

    private static async Task<IResult> ReadAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return Answer.Ok(ContactAnswer.Of(found));
    }

    private static async Task<IResult> UpdateAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        var given = ContactFieldsReader.Read(await request.FieldsAsync().ConfigureAwait(false));
        var updated = await Service(request).UpdateAsync(request.OrganizationId, found.Id, given, request.Cancellation).ConfigureAwait(false);
        return Answer.Ok(ContactAnswer.Of(updated ?? throw ApiException.NotFound()));
    }

    private static async Task<IResult> DeleteAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return await Service(request).DeleteAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false)
            ? Answer.NoContent()
            : throw ApiException.NotFound();
    }

    // A deleted contact too: what DELETE leaves is what this is for.
    private static async Task<IResult> EraseAsync(ApiRequest request)
    {
        var found = await Contacts(request).FindAsync(request.OrganizationId, [new(request.RouteId())], request.Cancellation).ConfigureAwait(false);
        var contact = request.Found(found.SingleOrDefault());
        request.Query.Done();
        var fields = await request.FieldsAsync(optional: true).ConfigureAwait(false);
        fields.RefuseUnknown();
        fields.Errors.ThrowIfAny();
        var erasure = await request.Service<IDataRetention>().EraseContactAsync(request.OrganizationId, contact.Id, request.Cancellation).ConfigureAwait(false)
            ?? throw ApiException.NotFound();
        var answer = ErasureAnswer.Of(contact.Id.Value, erasure);
        return erasure.Complete ? Answer.Ok(answer) : Answer.Accepted($"{request.BasePath}/contacts/{answer.Id}", answer);
    }

    private static async Task<IResult> NoteAsync(ApiRequest request, Func<ContactId, string?, Task<Contact?>> note)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        var fields = await request.FieldsAsync(optional: true).ConfigureAwait(false);
        var reason = fields.Text("reason");
        fields.RefuseUnknown();
        fields.Errors.ThrowIfAny();
        return Answer.Ok(ContactAnswer.Of(await note(found.Id, reason.Value).ConfigureAwait(false) ?? throw ApiException.NotFound()));
    }

    private static Task<Contact?> OptInAsync(ApiRequest request, ContactId id, bool optedIn, string? reason) =>
        Service(request).SetOptInAsync(request.OrganizationId, id, optedIn, reason, request.Cancellation);

    private static Task<Contact?> BlockAsync(ApiRequest request, ContactId id, bool blocked, string? reason) =>
        Service(request).SetBlockedAsync(request.OrganizationId, id, blocked, reason, request.Cancellation);

    private static ContactService Service(ApiRequest request) => request.Service<ContactService>();

    private static IContactStore Contacts(ApiRequest request) => request.Service<IStore>().Contacts;

    private static async Task<Contact> FindAsync(ApiRequest request)
    {
        var found = await Contacts(request).FindAsync(request.OrganizationId, [new(request.RouteId())], request.Cancellation).ConfigureAwait(false);
        return request.Found(found.FirstOrDefault(c => c.DeletedAt is null));
    }
}
