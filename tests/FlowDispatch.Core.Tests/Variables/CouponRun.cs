using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Simulations;
using FlowDispatch.Variables;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Variables;

/// <summary>The engine with coupons of the host's.</summary>
internal sealed class CouponRun : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(12);

    public CouponRun() => Host.Register = builder =>
    {
        builder.Services.AddSingleton(Book);
        builder.Services.Configure<VariableSourceOptions>(o => o.Timeout = TimeSpan.FromSeconds(20));
        builder.AddVariables<CouponSource>("coupon");
    };

    public EngineHost Host { get; } = new();

    public CouponBook Book { get; } = new();

    public Task<SimulatedNode> StartAsync() => Host.StartAsync(o => o.Node.LeaseDuration = Lease);

    /// <summary>Settings that say "name" and "code".</summary>
    public static AutomationSettings Settings(Func<AutomationSettings, AutomationSettings>? with = null, string code = "{{ coupon.code }}") => EngineHost.Settings(s =>
    {
        s = s with
        {
            VariableMapping = new Dictionary<string, JsonElement>
            {
                ["name"] = JsonElement.Parse("\"{{ contact.name }}\""),
                ["code"] = JsonSerializer.SerializeToElement(code),
            },
        };
        return with?.Invoke(s) ?? s;
    });

    public Task<Execution> BeginAsync(AutomationSettings? settings = null) => Host.BeginAsync(settings ?? Settings(), EngineHost.Says("{{ name }}: {{ code }}"));

    /// <summary>The texts that were handed over.</summary>
    public IReadOnlyList<string> Texts => [.. Host.HandedOver.Select(h => ((MessageContent.Text)h.Message.Content).Body)];

    /// <summary>Everybody's code as it was frozen, of those who have one.</summary>
    public async Task<IReadOnlyList<string>> CodesAsync(Execution execution) =>
        [.. (await Host.RecipientsAsync(execution)).Select(r => r.Variables.GetValueOrDefault("code", "")).Where(c => c.Length > 0)];

    public static string KeyOf(Recipient row) => $"{row.ExecutionId}/{row.ContactId}";

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
