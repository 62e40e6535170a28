using System.Text;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Uploads;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace FlowDispatch.AspNetCore.Uploads;

/// <summary>The text of an upload, however it was sent, and its layout. Bodies of one text are read as they arrive.</summary>
internal sealed class UploadBody : IDisposable
{
    /// <summary>Most bytes of an uploaded text.</summary>
    public const long Limit = 256L * 1024 * 1024;

    /// <summary>Most bytes where the text is a value within JSON, which has to be held in memory as a whole.</summary>
    private const int JsonLimit = 64 * 1024 * 1024;

    /// <summary>What the parts of a form have around the text.</summary>
    private const int FormOverhead = 64 * 1024;

    private UploadBody(ContactFileMode mode, Stream bytes) => (Mode, Bytes) = (mode, bytes);

    private UploadBody(ContactFileMode mode, TextReader text) => (Mode, Text) = (mode, text);

    public ContactFileMode Mode { get; }

    /// <summary>Where nobody named the encoding; null where <see cref="Text"/> is given.</summary>
    public Stream? Bytes { get; }

    /// <summary>Where it is decoded already; null where <see cref="Bytes"/> is given.</summary>
    public TextReader? Text { get; }

    /// <exception cref="ApiException">400 no form, 413 too large, 415 of no kind that is known here.</exception>
    /// <exception cref="InvalidFieldsException">A field of the form or of the JSON is missing, unknown or can't be what is given.</exception>
    public static async Task<UploadBody> OpenAsync(ApiRequest request)
    {
        var http = request.Context.Request;
        AllowLargeBody(request.Context, Limit + FormOverhead);
        if (!MediaTypeHeaderValue.TryParse(http.ContentType, out var type))
        {
            throw Unsupported(http.ContentType);
        }

        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return await OpenFormAsync(http, request.Cancellation).ConfigureAwait(false);
        }

        if (LayoutOf(type.MediaType.Value) is not { } mode)
        {
            return await OpenJsonAsync(request).ConfigureAwait(false);
        }

        return http.ContentLength > Limit ? throw ApiException.TooLarge(Limit) : Decode(mode, new LimitedStream(http.Body, Limit), type);
    }

    public void Dispose()
    {
        Bytes?.Dispose();
        Text?.Dispose();
    }

    private static void AllowLargeBody(HttpContext context, long most)
    {
        // This route alone: the host's own limit stays for all others.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: not null } size)
        {
            size.MaxRequestBodySize = Math.Max(size.MaxRequestBodySize.Value, most);
        }
    }

    private static async Task<UploadBody> OpenFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // Parts may come in any order, so the file waits (in memory, or on disk where it is large) until all fields are known.
        var options = new FormOptions { MultipartBodyLengthLimit = Limit + 1, BufferBodyLengthLimit = Limit + FormOverhead, ValueCountLimit = 16 };
        IFormCollection form;
        try
        {
            form = await new FormFeature(request, options).ReadFormAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw request.ContentLength > Limit ? ApiException.TooLarge(Limit) : ApiException.BadRequest("The body is no form as multipart/form-data has it.");
        }

        var errors = new FieldErrors();
        foreach (var name in form.Keys.Where(k => k != "mode"))
        {
            errors.Add(name, "is unknown; known are the file and mode.");
        }

        if (form.Files.Count != 1)
        {
            errors.Add("file", form.Files.Count == 0 ? "is required: one part with a file name." : "is given more than once.");
        }

        var mode = form.ContainsKey("mode") ? Named(form["mode"].ToString(), errors) : null;
        errors.ThrowIfAny();

        var file = form.Files[0];
        if (file.Length > Limit)
        {
            throw ApiException.TooLarge(Limit);
        }

        var type = MediaTypeHeaderValue.TryParse(file.ContentType, out var parsed) ? parsed : null;
        mode ??= Path.GetExtension(file.FileName).ToUpperInvariant() switch
        {
            ".CSV" => ContactFileMode.Csv,
            ".TXT" => ContactFileMode.List,
            _ => LayoutOf(type?.MediaType.Value),
        };
        return mode is { } layout ? Decode(layout, file.OpenReadStream(), type) : throw Unsupported(file.ContentType);
    }

    private static async Task<UploadBody> OpenJsonAsync(ApiRequest request)
    {
        var body = await request.BodyAsync(limit: JsonLimit).ConfigureAwait(false);
        var fields = new JsonFields(body.Root, new FieldErrors());
        fields.Require("mode", "text");
        var mode = fields.Text("mode").Value is { } word ? Named(word, fields.Errors) : null;
        var text = fields.Text("text");
        fields.RefuseUnknown();
        fields.Errors.ThrowIfAny();
        return new(mode!.Value, new StringReader(text.Value!));
    }

    private static ContactFileMode? Named(string word, FieldErrors errors)
    {
        if (JsonText.TryWord<ContactFileMode>(word, out var mode))
        {
            return mode;
        }

        errors.Add("mode", "must be list or csv.");
        return null;
    }

    private static ContactFileMode? LayoutOf(string? mediaType) => mediaType?.ToUpperInvariant() switch
    {
        "TEXT/CSV" => ContactFileMode.Csv,
        "TEXT/PLAIN" => ContactFileMode.List,
        _ => null,
    };

    // Where UTF-8 is named, or what older programs name as well when they mean Windows-1252, the bytes themselves tell it better.
    private static UploadBody Decode(ContactFileMode mode, Stream bytes, MediaTypeHeaderValue? type)
    {
        var charset = HeaderUtilities.RemoveQuotes(type?.Charset ?? default).Value;
        if (string.IsNullOrEmpty(charset) || charset.ToUpperInvariant() is "UTF-8" or "UTF8" or "US-ASCII" or "ISO-8859-1" or "LATIN1" or "WINDOWS-1252")
        {
            return new(mode, bytes);
        }

        try
        {
            return new(mode, new StreamReader(bytes, Encoding.GetEncoding(charset)));
        }
        catch (ArgumentException)
        {
            throw ApiException.UnsupportedMediaType("The charset of the text is unknown here; send it in UTF-8.");
        }
    }

    private static ApiException Unsupported(string? given) => ApiException.UnsupportedMediaType(
        $"An upload is text/csv, text/plain (a list), multipart/form-data with one such file, or application/json{(given is { Length: > 0 and < 100 } ? $", not {given}" : "")}.");
}
