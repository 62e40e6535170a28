using System.Text.Json;
using FlowDispatch.Storage;
using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore.Answers;

/// <summary>What a handler answers.</summary>
internal static class Answer
{
    /// <summary>200 with a body.</summary>
    public static IResult Ok<T>(T body) => new JsonAnswer(StatusCodes.Status200OK, ApiJson.Serialize(body));

    /// <summary>201 with a body and where it can be read.</summary>
    public static IResult Created<T>(string location, T body) => new JsonAnswer(StatusCodes.Status201Created, ApiJson.Serialize(body)) { Location = location };

    /// <summary>202 with a body and where its progress can be read.</summary>
    public static IResult Accepted<T>(string location, T body) => new JsonAnswer(StatusCodes.Status202Accepted, ApiJson.Serialize(body)) { Location = location };

    /// <summary>204.</summary>
    public static IResult NoContent() => Results.NoContent();

    /// <summary>The answer that a request with the same key got first.</summary>
    /// <param name="entry">The answer kept.</param>
    /// <param name="collection">The path of the listing that the thing made belongs to; its id is the body's.</param>
    public static IResult Replayed(IdempotencyEntry entry, string collection)
    {
        using var body = JsonDocument.Parse(entry.ResponseBody);
        return new JsonAnswer(entry.StatusCode, entry.ResponseBody)
        {
            Location = $"{collection}/{body.RootElement.GetProperty("id").GetString()}",
            IsReplay = true,
        };
    }

    private sealed record JsonAnswer(int Status, string Json) : IResult
    {
        public string? Location { get; init; }

        public bool IsReplay { get; init; }

        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (Location is not null)
            {
                httpContext.Response.Headers.Location = Location;
            }

            if (IsReplay)
            {
                httpContext.Response.Headers["Idempotency-Replayed"] = "true";
            }

            return ApiJson.WriteAsync(httpContext, Status, Json);
        }
    }
}
