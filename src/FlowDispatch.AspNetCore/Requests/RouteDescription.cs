using System.Reflection;
using FlowDispatch.AspNetCore.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>Tells tools that describe an API (OpenAPI) about routes whose handlers they can't look into.</summary>
internal static class RouteDescription
{
    private static readonly MethodInfo Signature = ((Delegate)Handle).Method;

    /// <summary>Adds what those tools read: the path's parameter, a tag by feature, and the kinds of answers.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder builder, ApiRoute route)
        where TBuilder : IEndpointConventionBuilder
    {
        var single = route.Pattern.Contains("{id}", StringComparison.Ordinal);
        builder.WithMetadata(Signature, new ProducesResponseTypeMetadata(StatusCodes.Status200OK));
        if (single)
        {
            builder.WithMetadata(new IdParameter(Signature.GetParameters()[0]));
        }

        foreach (var status in Problems(route, single))
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void), [ProblemDocument.ContentType]));
        }

        return builder.WithTags(route.Pattern.Split('/')[1]);
    }

    private static IEnumerable<int> Problems(ApiRoute route, bool single)
    {
        yield return StatusCodes.Status401Unauthorized;
        if (route.Role > FlowDispatchRole.Viewer)
        {
            yield return StatusCodes.Status403Forbidden;
        }

        if (single)
        {
            yield return StatusCodes.Status404NotFound;
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
