using System.Globalization;
using System.Text.Json.Serialization;
using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.Storage;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FlowDispatch.AspNetCore.Problems;

/// <summary>An error as RFC 9457 has it. It never carries a stack, SQL or a secret: unexpected errors say only where the log has more.</summary>
internal sealed record ProblemDocument
{
    public const string ContentType = "application/problem+json";

    private const int RetrySeconds = 5;

    public string Type { get; init; } = "about:blank";

    public required string Title { get; init; }

    public required int Status { get; init; }

    public string? Detail { get; init; }

    /// <summary>With 409: the state as users see it.</summary>
    public string? State { get; init; }

    /// <summary>With 422: what is wrong, by the field's path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>With 500: what to look for in the log.</summary>
    public string? TraceId { get; init; }

    /// <summary>With 405: the methods that the route takes, for the header.</summary>
    [JsonIgnore]
    public string? Allowed { get; init; }

    /// <summary>With 503: when to ask again, in seconds, for the header.</summary>
    [JsonIgnore]
    public int? RetryAfter { get; init; }

    /// <summary>The document for an error; null for one that nobody expected.</summary>
    public static ProblemDocument? Of(Exception error) => error switch
    {
        ApiException known => Of(known.Status, known.Message) with { State = known.State, Allowed = known.Allowed },
        InvalidFieldsException invalid => Of(StatusCodes.Status422UnprocessableEntity, "One or more fields are invalid; see errors.") with { Errors = invalid.Errors },
        WrongStateException wrong => Of(StatusCodes.Status409Conflict, wrong.Message) with { State = wrong.State },
        AutomationArchivedException archived => Of(StatusCodes.Status409Conflict, archived.Message) with { State = "archived" },
        DuplicateNumberException duplicate => Of(StatusCodes.Status409Conflict, duplicate.Message),
        BadHttpRequestException bad => Of(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large." : "The request can't be read."),
        _ => null,
    };

    public static ProblemDocument Unexpected(string traceId) =>
        Of(StatusCodes.Status500InternalServerError, "Something went wrong here. The log has more under the trace id.") with { TraceId = traceId };

    /// <summary>The store is out of reach.</summary>
    public static ProblemDocument Unavailable() =>
        Of(StatusCodes.Status503ServiceUnavailable, "The store can't be reached at this moment. Ask again later; where something was to change, with the same Idempotency-Key if the route takes one.") with { RetryAfter = RetrySeconds };

    public Task WriteAsync(HttpContext context)
    {
        // What a handler had already said about another answer does not hold for this one.
        context.Response.Headers.Remove(HeaderNames.Location);
        context.Response.Headers.Remove(HeaderNames.ContentDisposition);
        if (Allowed is not null)
        {
            context.Response.Headers.Allow = Allowed;
        }

        if (RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return ApiJson.WriteAsync(context, Status, ApiJson.Serialize(this, ApiJson.WithoutNulls), ContentType);
    }

    private static ProblemDocument Of(int status, string detail) => new() { Title = ReasonPhrases.GetReasonPhrase(status), Status = status, Detail = detail };
}
