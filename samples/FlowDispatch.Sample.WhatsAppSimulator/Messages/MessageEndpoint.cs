using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>The provider's <c>POST /{version}/{phone-number-id}/messages</c>.</summary>
internal sealed class MessageEndpoint(WhatsAppSimulatorOptions options, Ledger ledger, Dice dice, WhatsAppSimulator simulator, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!HasToken(context.Request))
        {
            await RefuseAsync(context, new ProviderError(190, "An access token is required."));
            return;
        }

        JsonDocument body;
        try
        {
            body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            await RefuseAsync(context, new ProviderError(100, "The body is not JSON."));
            return;
        }

        using (body)
        {
            await AnswerAsync(context, body.RootElement);
        }
    }

    private async Task AnswerAsync(HttpContext context, JsonElement message)
    {
        if (MarksAsRead(message))
        {
            await SimulatorAnswers.WriteAsync(context, 200, json => json.WriteBoolean("success", true));
            return;
        }

        var (request, error) = MessageReader.Read(message, options.DisplayPhoneNumber);
        if (request is null)
        {
            await RefuseAsync(context, error!);
            return;
        }

        var id = MessageId.New(request.WaId ?? request.UserId!, time);
        var decision = await TakeAsync(context, request, id);
        if (decision.Refusal is not null)
        {
            await RefuseAsync(context, decision.Refusal);
        }
        else if (decision.AnswerLost)
        {
            context.Abort();
        }
        else
        {
            await SimulatorAnswers.WriteAsync(context, 200, json => WriteAccepted(json, request, id));
        }
    }

    private async Task<Decision> TakeAsync(HttpContext context, SendRequest request, string id)
    {
        ledger.Asked();
        try
        {
            var path = context.Request.RouteValues;
            var phoneNumberId = (string)path["phoneNumberId"]!;
            var decision = dice.Decide(request, phoneNumberId, time.GetUtcNow());
            if (decision.Refusal is null)
            {
                await KeepAsync(request, decision, phoneNumberId, (string?)path.GetValueOrDefault("version"), id);
            }

            await DelayAsync(decision);
            return decision;
        }
        finally
        {
            ledger.Answering();
        }
    }

    private async Task KeepAsync(SendRequest request, Decision decision, string phoneNumberId, string? apiVersion, string id)
    {
        var reportsFirst = decision.ReceiptBeforeAnswer && simulator is { CallbackUrl: not null, Behavior.HoldReceipts: false };
        var firstReceipt = ledger.Keep(
            new KeptMessage
            {
                Id = id,
                To = request.Input,
                WaId = request.WaId,
                UserId = request.UserId,
                PhoneNumberId = phoneNumberId,
                ApiVersion = apiVersion,
                Type = request.Type,
                Content = request.Content,
                BizOpaqueCallbackData = request.CallbackData,
                AcceptedAt = time.GetUtcNow(),
                AnswerLost = decision.AnswerLost,
                Receipts = decision.Receipts,
            },
            reportsFirst);
        try
        {
            await firstReceipt.WaitAsync(options.WebhookTimeout, time);
        }
        catch (TimeoutException)
        {
            // The receiver is away or slow; the caller gets its answer all the same.
        }
    }

    // The delay does not end with the caller's patience: the message is taken, and the caller does not know.
    private async Task DelayAsync(Decision decision)
    {
        if (decision.LatencyMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(decision.LatencyMs), time);
        }
    }

    private Task RefuseAsync(HttpContext context, ProviderError error)
    {
        ledger.CountRefusal();
        return SimulatorAnswers.WriteErrorAsync(context, error);
    }

    private static void WriteAccepted(Utf8JsonWriter json, SendRequest request, string id)
    {
        json.WriteString("messaging_product", "whatsapp");
        json.WriteStartArray("contacts");
        json.WriteStartObject();
        json.WriteString("input", request.Input);
        json.WriteString(request.WaId is null ? "user_id" : "wa_id", request.WaId ?? request.UserId);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("messages");
        json.WriteStartObject();
        json.WriteString("id", id);
        if (request.IsTemplate)
        {
            json.WriteString("message_status", "accepted");
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static bool HasToken(HttpRequest request) =>
        request.Headers.Authorization is [{ } header]
        && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header.AsSpan("Bearer ".Length).Trim().Length > 0;

    private static bool MarksAsRead(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && MessageReader.Text(message, "messaging_product") == "whatsapp"
        && MessageReader.Text(message, "status") == "read" && MessageReader.Text(message, "message_id") is { Length: > 0 };
}
