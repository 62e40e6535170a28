using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>The JSON body of a request: its bytes, for digests, and its root.</summary>
internal sealed record JsonBody(ReadOnlyMemory<byte> Bytes, JsonElement Root)
{
    /// <summary>Most bytes of a body unless a route says otherwise.</summary>
    public const int DefaultLimit = 1024 * 1024;

    /// <summary>Reads the body; an empty one is an empty object where it is optional.</summary>
    /// <exception cref="ApiException">400 can't be parsed, 413 too large, 415 no JSON.</exception>
    /// <exception cref="InvalidFieldsException">A name is given twice or a text holds what no store can keep.</exception>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, bool optional, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            throw ApiException.TooLarge(limit);
        }

        var bytes = await ReadBytesAsync(request, limit, cancellationToken).ConfigureAwait(false);
        if (bytes.Length == 0 && (optional || IsJson(request.ContentType)))
        {
            return optional
                ? new JsonBody(bytes, JsonElement.Parse("{}"))
                : throw ApiException.BadRequest("The body is empty; a JSON object is expected.");
        }

        if (!IsJson(request.ContentType))
        {
            throw ApiException.UnsupportedMediaType($"The body must be application/json in UTF-8{(request.ContentType is { Length: > 0 and < 100 } given ? $", not {given}" : "")}.");
        }

        var json = bytes.AsMemory(bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0);
        if (!Utf8.IsValid(json.Span))
        {
            throw ApiException.BadRequest("The body is not valid UTF-8.");
        }

        try
        {
            var root = JsonElement.Parse(json.Span);
            Check(root);
            return new JsonBody(json, root);
        }
        catch (JsonException error)
        {
            throw ApiException.BadRequest($"The body is no JSON: line {(error.LineNumber ?? 0) + 1}, byte {(error.BytePositionInLine ?? 0) + 1}.");
        }
    }

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var read = new ArrayBufferWriter<byte>();
        while (true)
        {
            var count = await request.Body.ReadAsync(read.GetMemory(16 * 1024), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return read.WrittenSpan.ToArray();
            }

            read.Advance(count);
            if (read.WrittenCount > limit)
            {
                throw ApiException.TooLarge(limit);
            }
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (type.Encoding is null || type.Encoding.Equals(Encoding.UTF8));

    private static void Check(JsonElement root)
    {
        var errors = new FieldErrors();
        Check(root, "", errors);
        errors.ThrowIfAny();
    }

    // NUL is in no text that PostgreSQL keeps, and half a surrogate pair in none that UTF-8 has.
    private static void Check(JsonElement json, string path, FieldErrors errors)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var property in json.EnumerateObject())
                {
                    if (Text(() => property.Name) is not { } name)
                    {
                        errors.Add(path, "has a name with the character NUL or half a surrogate pair.");
                        continue;
                    }

                    var below = path.Length == 0 ? name : $"{path}.{name}";
                    if (!names.Add(name))
                    {
                        errors.Add(below, "is given twice.");
                    }

                    Check(property.Value, below, errors);
                }

                break;
            case JsonValueKind.Array:
                var at = 0;
                foreach (var element in json.EnumerateArray())
                {
                    Check(element, $"{path}[{at++}]", errors);
                }

                break;
            case JsonValueKind.String when Text(() => json.GetString()!) is null:
                errors.Add(path, "contains the character NUL or half a surrogate pair.");
                break;
        }
    }

    private static string? Text(Func<string> read)
    {
        try
        {
            return read() is var text && text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
        catch (InvalidOperationException)
        {
            // How the framework says that an escaped surrogate has no partner.
            return null;
        }
    }
}
