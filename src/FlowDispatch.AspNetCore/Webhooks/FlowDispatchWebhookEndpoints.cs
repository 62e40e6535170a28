using System.Buffers;
using FlowDispatch.AspNetCore.Diagnostics;
using FlowDispatch.AspNetCore.Problems;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Tracking;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.AspNetCore;

/// <summary>Maps what providers call.</summary>
public static class FlowDispatchWebhookEndpoints
{
    private const int MostBytes = 3 * 1024 * 1024;
    private const int FirstBytes = 16 * 1024;

    /// <summary>Maps <c>GET</c> and <c>POST {prefix}/webhooks/{name}</c> for every <see cref="IWebhookReceiver"/> that is registered, like <c>/api/v1/webhooks/whatsapp</c>.</summary>
    /// <remarks>
    /// No caller is asked for: the provider proves itself by its signature. 200 is answered only once everything is kept; where
    /// the store can't keep it the answer is 503, and the provider calls again. Bodies of more than 3 MB are refused with 413.
    /// </remarks>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="prefix">Begins with a slash and does not end with one. Default <c>/api/v1</c>.</param>
    /// <returns>The group, for the host's own conventions.</returns>
    public static RouteGroupBuilder MapFlowDispatchWebhooks(this IEndpointRouteBuilder endpoints, string prefix = "/api/v1")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var group = endpoints.MapGroup(prefix);
        foreach (var receiver in endpoints.ServiceProvider.GetServices<IWebhookReceiver>())
        {
            endpoints.ServiceProvider.GetRequiredService<ReceiptReceiver>().Announce();
            group.MapPublic("GET", $"/webhooks/{receiver.Name}", context => Task.FromResult(Verify(context, receiver)));
            group.MapPublic("POST", $"/webhooks/{receiver.Name}", context => ReceiveAsync(context, receiver));
        }

        return group;
    }

    private static IResult Verify(HttpContext context, IWebhookReceiver receiver)
    {
        var query = context.Request.Query.ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);
        return receiver.Verify(query) is { } challenge
            ? Results.Text(challenge, "text/plain")
            : throw ApiException.Refused("The verify token is not the one configured here.");
    }

    private static async Task<IResult> ReceiveAsync(HttpContext context, IWebhookReceiver receiver)
    {
        var body = await ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        switch (receiver.Receive(headers, body))
        {
            case WebhookResult.Refused:
                throw ApiException.Unauthorized("The signature over the body is missing or wrong.");
            case WebhookResult.Malformed:
                // Signed and yet unreadable: it may be the receipt that somebody waits for.
                context.RequestServices.GetRequiredService<ReceiptReceiver>().ReportMissed();
                throw ApiException.BadRequest("The body is not what the provider documents.");
            case WebhookResult.Received received:
                await KeepAsync(context, receiver, received).ConfigureAwait(false);
                return Results.Ok();
            default:
                throw new InvalidOperationException($"The receiver {receiver.Name} must answer with one of the cases of WebhookResult.");
        }
    }

    private static async Task KeepAsync(HttpContext context, IWebhookReceiver receiver, WebhookResult.Received received)
    {
        var services = context.RequestServices;
        try
        {
            await services.GetRequiredService<Inbox>().ReceiveAsync(received.Events, context.RequestAborted).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever kept the store from it: what is not acknowledged comes again.
        catch (Exception error) when (!context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("FlowDispatch.AspNetCore");
            Log.WebhookNotKept(logger, error, receiver.Name, received.Events.Count);
            throw ApiException.Unavailable("What was received can't be kept right now; send it again.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MostBytes)
        {
            throw ApiException.TooLarge(MostBytes);
        }

        // It grows as it comes: nobody has proved yet who they are, and a length is quickly claimed.
        var body = new ArrayBufferWriter<byte>((int)Math.Min(request.ContentLength ?? 0, FirstBytes) + 1);
        while (true)
        {
            var count = await request.Body.ReadAsync(body.GetMemory(1), cancellationToken).ConfigureAwait(false);
            body.Advance(count);
            if (count == 0)
            {
                return body.WrittenMemory;
            }

            if (body.WrittenCount > MostBytes)
            {
                throw ApiException.TooLarge(MostBytes);
            }
        }
    }
}
