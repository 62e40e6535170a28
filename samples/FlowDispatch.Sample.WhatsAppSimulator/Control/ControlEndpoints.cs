using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>The control API under <c>/_simulator</c>. What it cannot read is 400 with <c>{"error":{"message":…}}</c>.</summary>
internal sealed class ControlEndpoints(WhatsAppSimulator simulator, Ledger ledger, TimeProvider time)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 100_000;

    public static Task HealthAsync(HttpContext context) => WriteAsync(context, 200, new { Status = "ok" });

    public Task BehaviorAsync(HttpContext context) => WriteAsync(context, 200, simulator.Behavior);

    public Task StatsAsync(HttpContext context) => WriteAsync(context, 200, ledger.Stats);

    public async Task ChangeBehaviorAsync(HttpContext context)
    {
        if (await ReadAsync<SimulatorBehavior>(context) is not { } behavior)
        {
            return;
        }

        if (behavior.Problem() is { } problem)
        {
            await RefuseAsync(context, problem);
            return;
        }

        simulator.Behavior = behavior;
        await WriteAsync(context, 200, behavior);
    }

    public async Task ReplyAsync(HttpContext context)
    {
        if (await ReadAsync<Reply>(context) is not { } reply)
        {
            return;
        }

        if (WhatsAppNumber.Digits(reply.From) is not { } digits || string.IsNullOrEmpty(reply.Text))
        {
            await RefuseAsync(context, "A reply needs from, a phone number, and text.");
            return;
        }

        var waId = WhatsAppNumber.WaId(digits);
        if ((reply.PhoneNumberId ?? ledger.NumberFor(waId)) is not { } phoneNumberId)
        {
            await RefuseAsync(context, "No message was accepted yet, so phone_number_id must say who the reply is for.");
            return;
        }

        var now = time.GetUtcNow();
        var message = new KeptMessage
        {
            Inbound = true,
            Id = MessageId.New(waId, time),
            WaId = waId,
            PhoneNumberId = phoneNumberId,
            Type = "text",
            Content = JsonSerializer.SerializeToElement(new { Body = reply.Text }, SimulatorJson.Options),
            InReplyTo = reply.InReplyTo,
            ProfileName = reply.Name ?? "Customer",
            AcceptedAt = now,
            Receipts = [new Receipt("reply", now.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds())],
        };
        await ledger.Keep(message);
        await WriteAsync(context, 200, new { message.Id, From = waId, PhoneNumberId = phoneNumberId });
    }

    public async Task MessagesAsync(HttpContext context)
    {
        var limit = DefaultLimit;
        if (context.Request.Query["limit"] is [{ } asked] && (!int.TryParse(asked, out limit) || limit is < 1 or > MaxLimit))
        {
            await RefuseAsync(context, $"limit must be from 1 to {MaxLimit}.");
            return;
        }

        var to = (string?)context.Request.Query["to"];
        var messages = ledger.List(string.IsNullOrEmpty(to) ? null : to, limit);
        await WriteAsync(context, 200, new { Items = messages.Select(ListedMessage.Of) });
    }

    public Task ResetAsync(HttpContext context)
    {
        simulator.Reset();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context)
        where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync<T>(context.Request.Body, SimulatorJson.Options, context.RequestAborted) is { } value)
            {
                return value;
            }

            await RefuseAsync(context, "The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            await RefuseAsync(context, exception.Message);
        }

        return null;
    }

    private static Task RefuseAsync(HttpContext context, string message) => WriteAsync(context, 400, new { Error = new { Message = message } });

    private static Task WriteAsync<T>(HttpContext context, int status, T value)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, SimulatorJson.Options, context.RequestAborted);
    }
}
