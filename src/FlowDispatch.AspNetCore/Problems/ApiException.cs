using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore.Problems;

/// <summary>Ends a request with a problem document.</summary>
internal sealed class ApiException : Exception
{
    private ApiException(int status, string detail, string? state = null)
        : base(detail) => (Status, State) = (status, state);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>With 409: the state that forbids it.</summary>
    public string? State { get; }

    /// <summary>With 405: the methods that the route takes.</summary>
    public string? Allowed { get; private init; }

    public static ApiException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);

    public static ApiException Unauthorized(string detail = "The request carries no credentials that are known here.") => new(StatusCodes.Status401Unauthorized, detail);

    public static ApiException Forbidden(FlowDispatchRole needed) =>
        new(StatusCodes.Status403Forbidden, $"This needs the role {JsonText.Word(needed)}.");

    public static ApiException Refused(string detail) => new(StatusCodes.Status403Forbidden, detail);

    public static ApiException NotFound(string detail = "There is no such thing in this organization.") => new(StatusCodes.Status404NotFound, detail);

    public static ApiException MethodNotAllowed(string allowed) =>
        new(StatusCodes.Status405MethodNotAllowed, $"The route exists, but not for this method; allowed: {allowed}.") { Allowed = allowed };

    public static ApiException Conflict(string detail, string? state = null) => new(StatusCodes.Status409Conflict, detail, state);

    public static ApiException TooLarge(long limit) =>
        new(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {limit.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} bytes.");

    public static ApiException UnsupportedMediaType(string detail) => new(StatusCodes.Status415UnsupportedMediaType, detail);

    public static ApiException Unavailable(string detail) => new(StatusCodes.Status503ServiceUnavailable, detail);
}
