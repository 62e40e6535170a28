using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace FlowDispatch.Sample.Simulator;

/// <summary>Posts what is due to the callback URL. One loop and one timer for all messages; a webhook that fails comes again, ever later.</summary>
internal sealed partial class ReceiptSender(
    WhatsAppSimulator simulator, Ledger ledger, WhatsAppSimulatorOptions options, TimeProvider time, ILogger<ReceiptSender> logger)
    : BackgroundService
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(options.AppSecret);
    private readonly Silence _silence = new(time);
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = options.WebhookTimeout };

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (ledger.JournalPath != options.JournalPath)
        {
            JournalTaken(logger, options.JournalPath, ledger.JournalPath);
        }

        using var slots = new SemaphoreSlim(options.WebhooksInFlight);
        await using var alarm = time.CreateTimer(static state => ((Ledger)state!).Wake(), ledger, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            ledger.Wake(); // for what the journal owes
            while (true)
            {
                await ledger.AwakenedAsync(stoppingToken);
                await PostDueAsync(slots, stoppingToken);
                if (Target is not null)
                {
                    alarm.Change(ledger.SleepUntil(_silence.Until) ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            for (var i = 0; i < options.WebhooksInFlight; i++)
            {
                await slots.WaitAsync(CancellationToken.None); // the posts under way end with the same token
            }
        }
    }

    /// <summary>Whom to tell now; setting either of the two wakes the loop.</summary>
    private Uri? Target => simulator.Behavior.HoldReceipts ? null : simulator.CallbackUrl;

    private async Task PostDueAsync(SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The place first and then the batch: while all are taken, the next batch grows.
            await slots.WaitAsync(cancellationToken);
            if (_silence.IsOver && Target is { } target && ledger.TakeDue() is { } batch)
            {
                _ = PostAsync(batch, target, slots, cancellationToken);
            }
            else
            {
                slots.Release();
                return;
            }
        }
    }

    private async Task PostAsync(Batch batch, Uri target, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        try
        {
            if (await TryPostAsync(batch, target, cancellationToken))
            {
                ledger.Settle(batch);
            }
            else
            {
                ledger.Postpone(batch);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: the journal still has it as owed.
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            JournalFailed(logger, exception);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<bool> TryPostAsync(Batch batch, Uri target, CancellationToken cancellationToken)
    {
        var body = WebhookBody.Write(batch.Receipts, options);
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_secret, body)));
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            _silence.End();
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return true;
            }

            WebhookRefused(logger, (int)response.StatusCode, batch.Receipts.Count);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Nobody there, or no answer in time: what else is due would fare no better.
            _silence.Begin(ledger.DelayAfter);
            WebhookUnanswered(logger, batch.Receipts.Count, exception.Message);
        }

        return false;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The receiver answered {Status} instead of 200; {Receipts} receipts come again later.")]
    private static partial void WebhookRefused(ILogger logger, int status, int receipts);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The receiver did not answer; {Receipts} receipts come again later: {Reason}")]
    private static partial void WebhookUnanswered(ILogger logger, int receipts, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "The journal could not be written; receipts of this webhook come again after a restart.")]
    private static partial void JournalFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "Another process keeps {Configured}; the simulator of this one keeps {Journal}, and knows only what is sent through it.")]
    private static partial void JournalTaken(ILogger logger, string configured, string journal);
}
