using System.Net.Http.Headers;
using System.Text.Json;
using FlowDispatch.WhatsApp.Errors;

namespace FlowDispatch.WhatsApp.Messages;

/// <summary>What came back for one request: the parts that decide.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="IsWhole">False where the body broke off, came too late or was too large to read.</param>
/// <param name="MessageId">The provider's id of the message it took.</param>
/// <param name="Error">The error object.</param>
/// <param name="RetryAfter">The least wait that the headers ask for.</param>
internal sealed record ProviderAnswer(int Status, bool IsWhole, string? MessageId = null, WhatsAppError? Error = null, TimeSpan? RetryAfter = null)
{
    private const int MaxBody = 256 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    public bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>Reads an answer; a body that can't be read is no exception but <see cref="IsWhole"/> false.</summary>
    public static async Task<ProviderAnswer> ReadAsync(HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var retryAfter = RetryAfterOf(response.Headers, now);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBody, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            using var json = JsonDocument.Parse(body);
            return new(
                status,
                IsWhole: true,
                json.RootElement.Member("messages").Items().FirstOrDefault().Member("id").AsText(),
                WhatsAppError.Read(json.RootElement.Member("error")),
                retryAfter);
        }
        catch (JsonException)
        {
            return new(status, IsWhole: true, RetryAfter: retryAfter);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return new(status, IsWhole: false, RetryAfter: retryAfter);
        }
    }

    private static TimeSpan? RetryAfterOf(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => UsageWaitOf(headers),
        };
        return wait > LongestWait ? LongestWait : wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>
    /// <c>X-Business-Use-Case-Usage</c>: per business account a list of usages, each with the minutes until access
    /// returns, above 0 only while throttled.
    /// </summary>
    private static TimeSpan? UsageWaitOf(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-Business-Use-Case-Usage", out var values))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(string.Join(',', values));
            var minutes = json.RootElement.ValueKind != JsonValueKind.Object
                ? 0
                : json.RootElement.EnumerateObject()
                    .SelectMany(account => account.Value.Items())
                    .Select(usage => usage.Member("estimated_time_to_regain_access").AsInt() ?? 0)
                    .DefaultIfEmpty()
                    .Max();
            return minutes > 0 ? TimeSpan.FromMinutes(minutes) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
