using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Contacts;
using FlowDispatch.Storage;
using FlowDispatch.Uploads;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Uploads;

/// <summary><c>/uploads</c>.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this RouteGroupBuilder group)
    {
        group.MapApi("POST", "/uploads", FlowDispatchRole.Operator, CreateAsync, StatusCodes.Status201Created);
        group.MapApi("GET", "/uploads/{id}", FlowDispatchRole.Viewer, ReadAsync);
        group.MapApi("DELETE", "/uploads/{id}", FlowDispatchRole.Admin, DeleteAsync);
    }

    private static async Task<IResult> CreateAsync(ApiRequest request)
    {
        request.Allow();
        var mode = request.Query.Word<ContactUpdateMode>("update_contacts") ?? ContactUpdateMode.Fill;
        var phoneColumn = request.Query.Filter("phone_column");
        request.Query.Done();
        using var body = await UploadBody.OpenAsync(request).ConfigureAwait(false);
        var layout = new ContactFileOptions { Mode = body.Mode, PhoneColumn = phoneColumn };
        try
        {
            var service = request.Service<UploadService>();
            var upload = await (body.Bytes is { } bytes
                ? service.ImportAsync(request.OrganizationId, bytes, layout, mode, request.Cancellation)
                : service.ImportAsync(request.OrganizationId, body.Text!, layout, mode, request.Cancellation)).ConfigureAwait(false);
            return Answer.Created($"{request.BasePath}/uploads/{upload.Id}", UploadAnswer.Of(upload));
        }
        catch (ContactFileException unreadable) when (unreadable.LacksPhoneColumn)
        {
            throw new InvalidFieldsException("phone_column", unreadable.Message);
        }
        catch (ContactFileException unreadable)
        {
            throw ApiException.BadRequest(unreadable.Line is { } line ? $"Line {line}: {unreadable.Message}" : unreadable.Message);
        }
    }

    private static async Task<IResult> ReadAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return Answer.Ok(UploadAnswer.Of(found));
    }

    private static async Task<IResult> DeleteAsync(ApiRequest request)
    {
        var found = await FindAsync(request).ConfigureAwait(false);
        request.Query.Done();
        return await Uploads(request).DeleteAsync(request.OrganizationId, found.Id, request.Cancellation).ConfigureAwait(false)
            ? Answer.NoContent()
            : throw ApiException.NotFound();
    }

    private static IUploadStore Uploads(ApiRequest request) => request.Service<IStore>().Uploads;

    private static async Task<Upload> FindAsync(ApiRequest request) => request.Found(
        await Uploads(request).FindAsync(request.OrganizationId, new(request.RouteId()), request.Cancellation).ConfigureAwait(false));
}
