using System.Reflection;
using FlowDispatch.AspNetCore.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>Tells tools that describe an API (OpenAPI) about routes whose handlers they can't look into.</summary>
internal static class RouteDescription
{
    private static readonly MethodInfo Signature = ((Delegate)Handle).Method;

    /// <summary>Adds what those tools read: the path's parameter, a tag by feature, and the kinds of answers.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder builder, ApiRoute route, IReadOnlyCollection<int> answers)
        where TBuilder : IEndpointConventionBuilder
    {
        var single = route.Pattern.Contains("{id}", StringComparison.Ordinal);
        builder.WithMetadata(Signature);
        foreach (var status in answers.Count > 0 ? answers : [route.Method == "DELETE" ? StatusCodes.Status204NoContent : StatusCodes.Status200OK])
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)));
        }

        if (single)
        {
            builder.WithMetadata(new IdParameter(Signature.GetParameters()[0]));
        }

        foreach (var status in Problems(route, single))
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, ShapeOf(status), [ProblemDocument.ContentType]));
        }

        return builder.WithTags(route.Pattern.Split('/')[1]);
    }

    // The framework's own shapes of what ProblemDocument writes: tools know them, and without any they leave the content type out.
    private static Type ShapeOf(int status) => status == StatusCodes.Status422UnprocessableEntity ? typeof(HttpValidationProblemDetails) : typeof(ProblemDetails);

    private static IEnumerable<int> Problems(ApiRoute route, bool single)
    {
        // What no route is free of (500, 503) is in the documentation of errors.
        var takesBody = route.Method is "POST" or "PUT";
        if (takesBody)
        {
            yield return StatusCodes.Status400BadRequest;
        }

        yield return StatusCodes.Status401Unauthorized;
        if (route.Role > FlowDispatchRole.Viewer)
        {
            yield return StatusCodes.Status403Forbidden;
        }

        if (single)
        {
            yield return StatusCodes.Status404NotFound;
        }

        if (route.Method != "GET" && single)
        {
            yield return StatusCodes.Status409Conflict;
        }

        if (takesBody)
        {
            yield return StatusCodes.Status413PayloadTooLarge;
            yield return StatusCodes.Status415UnsupportedMediaType;
        }

        yield return StatusCodes.Status422UnprocessableEntity;
    }

    // Never called: only its parameter is read.
    private static void Handle(Guid id) => _ = id;

    private sealed record IdParameter(ParameterInfo ParameterInfo) : IParameterBindingMetadata
    {
        public string Name => "id";

        public bool HasTryParse => true;

        public bool HasBindAsync => false;

        public bool IsOptional => false;
    }
}
