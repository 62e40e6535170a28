using System.Security.Cryptography;
using System.Text;
using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.Storage;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>A request's <c>Idempotency-Key</c>, tied to its route and its body.</summary>
/// <param name="Key">The key with the route in front.</param>
/// <param name="RequestHash">A digest of route and body.</param>
internal sealed record IdempotencyKey(string Key, string RequestHash)
{
    private const string Header = "Idempotency-Key";

    /// <summary>The request's key; null where it has none.</summary>
    /// <exception cref="InvalidFieldsException">It is empty, longer than 255 characters, given twice, or not of visible ASCII characters.</exception>
    public static IdempotencyKey? Read(ApiRequest request, JsonBody body)
    {
        var values = request.Context.Request.Headers[Header];
        if (values.Count == 0)
        {
            return null;
        }

        if (values is not [{ Length: > 0 and <= 255 } key] || !key.All(c => c is > ' ' and <= '~'))
        {
            throw new InvalidFieldsException(Header, "must be one value of 1 to 255 visible ASCII characters.");
        }

        // Routing ignores case and a slash at the end; so must the key.
        var route = $"{request.Context.Request.Method} {request.Context.Request.Path.Value!.TrimEnd('/').ToLowerInvariant()}";
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes(route + "\n"));
        digest.AppendData(body.Bytes.Span);
        return new($"{route} {key}", Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    /// <summary>What is kept with the thing that the request made.</summary>
    public IdempotencyEntry Entry<T>(int statusCode, T body, DateTimeOffset now) => new()
    {
        Key = Key,
        RequestHash = RequestHash,
        StatusCode = statusCode,
        ResponseBody = ApiJson.Serialize(body),
        CreatedAt = now,
    };

    /// <summary>The first answer again.</summary>
    /// <param name="entry">What is kept under the key.</param>
    /// <param name="collection">The path of the listing that the thing made belongs to.</param>
    /// <exception cref="InvalidFieldsException">The key came with another body.</exception>
    public IResult Replay(IdempotencyEntry entry, string collection) => entry.RequestHash == RequestHash
        ? Answer.Replayed(entry, collection)
        : throw new InvalidFieldsException(Header, "was used with another body in the last 24 hours; use a new key.");
}
