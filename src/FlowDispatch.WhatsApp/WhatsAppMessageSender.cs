using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net.Http.Headers;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.WhatsApp.Diagnostics;
using FlowDispatch.WhatsApp.Errors;
using FlowDispatch.WhatsApp.Messages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FlowDispatch.WhatsApp;

/// <summary>Sends through the WhatsApp Business Cloud API: one call is one HTTP request, never repeated here.</summary>
internal sealed class WhatsAppMessageSender : IMessageSender
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "FlowDispatch.WhatsApp";

    // While one send probes whether the provider is back, the others learn no time to wait.
    private static readonly TimeSpan ProbePause = TimeSpan.FromSeconds(1);

    private readonly IHttpClientFactory _clients;
    private readonly WhatsAppOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WhatsAppMessageSender> _logger;
    private readonly FrozenDictionary<string, Sender> _senders;
    private readonly ConcurrentDictionary<string, ResiliencePipeline<Attempt>> _pipelines = new(StringComparer.Ordinal);

    public WhatsAppMessageSender(IHttpClientFactory clients, IOptions<WhatsAppOptions> options, TimeProvider time, ILogger<WhatsAppMessageSender> logger)
    {
        _clients = clients;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _senders = _options.Numbers.ToFrozenDictionary(n => n.Id, n => new Sender(AddressOf(n), new("Bearer", n.AccessToken)));
    }

    // No idempotency key exists, and no way to ask for a message; but every status brings our attempt id back.
    public SenderCapabilities Capabilities => SenderCapabilities.Receipts;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_senders.TryGetValue(message.Channel.Id, out var sender))
        {
            return new SendResult.ChannelRefused(ReasonCodes.ChannelNotConfigured, $"No number with the id \"{message.Channel.Id}\" is configured; add it to WhatsApp:Numbers.");
        }

        if (!MessageWriter.TryWrite(message, out var body))
        {
            return new SendResult.Rejected(ReasonCodes.ContentNotSupported, $"{message.Content.GetType().Name} can't be sent through WhatsApp.");
        }

        using var content = new OneTimeContent(body);
        var pipeline = _pipelines.GetOrAdd(message.Channel.Id, CreatePipeline);
        try
        {
            var attempt = await pipeline.ExecuteAsync(
                static (state, token) => state.Self.AttemptAsync(state.sender, state.content, token, state.cancellationToken),
                (Self: this, sender, content, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            return attempt.Result;
        }
        catch (BrokenCircuitException e)
        {
            return new SendResult.Throttled(ReasonCodes.CircuitOpen, e.RetryAfter is { } wait && wait > ProbePause ? wait : ProbePause);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !content.Begun)
        {
            return NotBegun;
        }
    }

    // Nothing left the host because the host itself is stopping: no attempt is lost by that.
    private static SendResult NotBegun => new SendResult.Throttled(ReasonCodes.Cancelled, TimeSpan.Zero);

    private async ValueTask<Attempt> AttemptAsync(Sender sender, OneTimeContent content, CancellationToken token, CancellationToken callers)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, sender.Address) { Content = content };
            request.Headers.Authorization = sender.Authorization;
            using var client = _clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
            var answer = await ProviderAnswer.ReadAsync(response, _time.GetUtcNow(), token).ConfigureAwait(false);
            Report(answer);
            return AnswerReading.Read(answer);
        }
        catch (Exception e) when (!content.Begun)
        {
            // Refused, unresolved, no TLS, or out of time while connecting: the provider can't have it.
            return callers.IsCancellationRequested
                ? new(NotBegun)
                : new(new SendResult.Failed(ReasonCodes.NotConnected, $"The provider can't be reached ({Kind(e)})."), IsOutage: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return callers.IsCancellationRequested
                ? new(new SendResult.InDoubt("No certain answer: the host stopped waiting."))
                : new(new SendResult.InDoubt($"No certain answer: {Kind(e)} after the message may have been handed over."), IsOutage: true);
        }
    }

    private static string Kind(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request => request.HttpRequestError.ToString(),
        OperationCanceledException => "Timeout",
        _ => e.GetBaseException().GetType().Name,
    };

    private void Report(ProviderAnswer answer)
    {
        if (answer.Error is not { } error)
        {
            return;
        }

        Log.Refused(_logger, answer.Status, error.CodeText, error.TraceId);
        if (error.Code is not { } code || !WhatsAppErrors.IsKnown(code))
        {
            Log.UnknownErrorCode(_logger, error.CodeText, answer.Status, error.TraceId);
        }
    }

    private ResiliencePipeline<Attempt> CreatePipeline(string channelId) =>
        new ResiliencePipelineBuilder<Attempt> { TimeProvider = _time }
            .AddCircuitBreaker(new()
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result.IsOutage),
                FailureRatio = _options.Circuit.FailureRatio,
                MinimumThroughput = _options.Circuit.MinimumSends,
                SamplingDuration = _options.Circuit.Window,
                BreakDuration = _options.Circuit.Pause,
                OnOpened = arguments =>
                {
                    Log.CircuitOpened(_logger, channelId, arguments.BreakDuration);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    Log.CircuitClosed(_logger, channelId);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = _options.AttemptTimeout })
            .Build();

    private Uri AddressOf(WhatsAppNumber number)
    {
        var version = string.IsNullOrEmpty(_options.ApiVersion) ? "" : $"/{_options.ApiVersion}";
        return new($"{_options.BaseUrl.TrimEnd('/')}{version}/{number.PhoneNumberId}/messages");
    }

    private sealed record Sender(Uri Address, AuthenticationHeaderValue Authorization);
}
