using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Sample.Snippets;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Variables;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FlowDispatch.Sample.Tests;

/// <summary>The pool of the snippets, on a file, in hosts that keep everything in another.</summary>
public sealed class CouponPoolTests : IDisposable
{
    private const string Organization = "acme";

    private readonly WorkingDirectory _directory = new();
    private readonly RecordingSender _sender = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private CouponTable Coupons => new($"Data Source={Path.Combine(_directory.Path, "coupons.db")}");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_code_goes_to_one_person_though_planning_is_cut_off_and_who_is_skipped_gives_theirs_back(int lastBatch)
    {
        await Coupons.AddAsync(Enumerable.Range(0, 3_000).Select(i => $"SPRING{i:D4}"), Cancellation);
        var cut = new Cut(lastBatch);
        ExecutionId id;
        using (var first = await StartAsync(b => b.Services.AddSingleton(Coupons).AddSingleton(cut), b => b.AddVariables<CutOffPool>("coupon")))
        {
            id = await BeginAsync(first);
            await cut.Came.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

            // The pool has kept who holds these codes, and the store never hears of it.
            await first.StopAsync(Cancellation);
        }

        using var second = await StartAsync(b => b.Services.AddSingleton(Coupons), b => b.AddVariables<CouponPool>("coupon"));
        var store = second.Services.GetRequiredService<IStore>();
        await UntilAsync(async () => await store.Executions.FindAsync(Organization, id, Cancellation) is { Status: ExecutionStatus.Completed, OwesReturns: false });

        var rows = new List<Recipient>();
        await foreach (var row in store.Recipients.StreamAsync(Organization, id, RecipientFilter.All, cancellationToken: Cancellation))
        {
            rows.Add(row);
        }

        Assert.Equal((2_400, 100), (rows.Count, rows.Count(r => r.Status == RecipientStatus.Skipped)));
        var sent = _sender.Messages.Select(m => Assert.IsType<MessageContent.Text>(m.Content).Body).ToList();
        Assert.Equal((2_300, 2_300), (sent.Count, sent.Distinct(StringComparer.Ordinal).Count()));
        Assert.All(sent, text => Assert.Matches("^Ana: SPRING[0-9]{4}$", text));
        Assert.Equal(700, await Coupons.CountFreeAsync(Cancellation));

        // Those that came back are handed out again, and no more than there are.
        var more = Enumerable.Range(0, 700).Select(i => $"key{i}").ToList();
        Assert.Null(await Coupons.HandOutAsync([.. more, "one too many"], Cancellation));
        var codes = await Coupons.HandOutAsync(more, Cancellation);
        Assert.Empty(codes!.Values.Intersect(sent.Select(t => t[5..]), StringComparer.Ordinal));
        Assert.Equal(codes, await Coupons.HandOutAsync(more, Cancellation));
    }

    private async Task<IHost> StartAsync(Action<HostApplicationBuilder> prepare, Action<DependencyInjection.FlowDispatchBuilder> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        prepare(builder);
        builder.Services.AddKeyedSingleton<IMessageSender>("sms", _sender); // the first one of a kind stays
        var flowDispatch = builder.Services.AddFlowDispatch()
            .UseEntityFramework(db => db.UseSqlite($"Data Source={Path.Combine(_directory.Path, "store.db")}"))
            .AddSender<RecordingSender>("sms", new Channel { Id = "sms-1", OrganizationId = Organization, Kind = "sms", ProviderId = "1" });
        register(flowDispatch);
        var host = builder.Build();
        await host.Services.GetRequiredService<IStore>().MigrateAsync(Cancellation);
        await host.StartAsync(Cancellation);
        return host;
    }

    private static async Task<ExecutionId> BeginAsync(IHost host)
    {
        var services = host.Services;
        foreach (var chunk in Enumerable.Range(0, 2_400).Select(i => new ContactUpsert { WhatsAppId = $"55119{90_000_000 + i}", Name = i % 24 == 0 ? null : "Ana" }).Chunk(1_000))
        {
            await services.GetRequiredService<IStore>().Contacts.UpsertAsync(Organization, chunk, ContactUpdateMode.Fill, revive: false, Cancellation);
        }

        IReadOnlyList<FlowNode> nodes = [new FlowNode.Start("start", "hello"), new FlowNode.Message("hello", "{{ text }}", "end"), new FlowNode.End("end", null)];
        var flow = await services.GetRequiredService<FlowService>().CreateAsync(Organization, "Spring", nodes, Cancellation);
        var automation = await services.GetRequiredService<AutomationService>().CreateAsync(
            Organization,
            new()
            {
                Name = "Spring",
                FlowId = flow.Id,
                ChannelId = "sms-1",
                AudienceType = "all",
                RateLimitPerHour = null,
                MaxConcurrentExecutions = 500,
                MissingVariablePolicy = MissingVariablePolicy.Skip,

                // Whether somebody has a name is only known together with the code, which is given by then.
                VariableMapping = new Dictionary<string, JsonElement> { ["text"] = JsonElement.Parse("\"{{ contact.name }}: {{ coupon.code }}\"") },
            },
            cancellationToken: Cancellation);
        return (await services.GetRequiredService<ExecutionStarter>().StartAsync(automation.Automation, new(), cancellationToken: Cancellation)).Execution!.Id;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; !await holds(); i++)
        {
            Assert.True(i < 600, "What was waited for did not come to hold within a minute.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }
    }

    /// <summary>The pool in a process that ends once a batch has its codes and before that is known.</summary>
    private sealed class CutOffPool(CouponTable coupons, Cut cut) : IVariableSource
    {
        private readonly CouponPool _pool = new(coupons);
        private int _batches;

        public bool TakesBack => _pool.TakesBack;

        public async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> ResolveAsync(VariableRequest request, CancellationToken cancellationToken = default)
        {
            var values = await _pool.ResolveAsync(request, cancellationToken);
            if (++_batches == cut.LastBatch)
            {
                cut.Came.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return values;
        }
    }

    private sealed record Cut(int LastBatch)
    {
        public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
