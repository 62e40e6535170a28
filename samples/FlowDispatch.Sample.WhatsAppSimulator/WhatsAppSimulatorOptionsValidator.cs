using Microsoft.Extensions.Options;

namespace FlowDispatch.Sample.Simulator;

internal sealed class WhatsAppSimulatorOptionsValidator : IValidateOptions<WhatsAppSimulatorOptions>
{
    public ValidateOptionsResult Validate(string? name, WhatsAppSimulatorOptions options)
    {
        var failures = new List<string>();
        Require(!string.IsNullOrWhiteSpace(options.JournalPath), "JournalPath is empty; it must name a file.");
        Require(!string.IsNullOrEmpty(options.AppSecret), "AppSecret is empty; webhooks could not be signed.");
        Require(options.CallbackUrl is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, "CallbackUrl must be an absolute http or https address.");
        Require(options.RedeliveryFirst > TimeSpan.Zero, "RedeliveryFirst must be more than zero.");
        Require(options.RedeliveryMax >= options.RedeliveryFirst, "RedeliveryMax must not be less than RedeliveryFirst.");
        Require(options.WebhookTimeout > TimeSpan.Zero, "WebhookTimeout must be more than zero.");
        Require(options.BatchWindow >= TimeSpan.FromMilliseconds(1) && options.BatchWindow <= TimeSpan.FromSeconds(10), "BatchWindow must be from 1 ms to 10 s.");
        Require(options.ReceiptsPerWebhook is >= 1 and <= 1000, "ReceiptsPerWebhook must be from 1 to 1,000.");
        Require(options.WebhooksInFlight is >= 1 and <= 64, "WebhooksInFlight must be from 1 to 64.");
        var misbehavior = options.Behavior.Problem();
        Require(misbehavior is null, $"Behavior: {misbehavior}");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(bool holds, string failure)
        {
            if (!holds)
            {
                failures.Add($"WhatsAppSimulatorOptions.{failure}");
            }
        }
    }
}
