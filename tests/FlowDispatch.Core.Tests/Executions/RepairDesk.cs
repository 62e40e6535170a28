using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Core.Tests.Executions;

/// <summary>Everything up to planning, as a host has it; sending is told by hand.</summary>
internal sealed class RepairDesk : IAsyncDisposable
{
    public const string Organization = "org-1";

    private readonly ServiceProvider _services;

    public RepairDesk()
    {
        Clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        Store = new InMemoryStore(Clock);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddFlowDispatch().AddAudience<Club>("club");
        services.AddSingleton(Store);
        services.AddSingleton<IChannelDirectory>(new Channels());
        services.AddSingleton(Members);
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; }

    public IStore Store { get; }

    public ClubMembers Members { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<Upload> UploadAsync(string csv) =>
        await Service<UploadService>().ImportAsync(Organization, new StringReader(csv), new ContactFileOptions(), ContactUpdateMode.Fill, Cancellation);

    public async Task<IReadOnlyList<Contact>> PeopleAsync(int count)
    {
        var people = new List<Contact>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(1_000))
        {
            var upserts = chunk.Select(i => new ContactUpsert { WhatsAppId = $"55119{90_000_000 + i}", Name = $"Person {i}" }).ToList();
            people.AddRange((await Store.Contacts.UpsertAsync(Organization, upserts, ContactUpdateMode.Fill, revive: false, Cancellation)).Select(r => r.Contact));
        }

        return people;
    }

    public Task ChangeAsync(Contact contact, Func<Contact, Contact> change) => Store.Contacts.UpdateAsync(Organization, contact.Id, change, Cancellation);

    public async Task<Automation> AutomationAsync(string audience, string config, string mapping = """{"name":"{{ contact.name }}"}""")
    {
        var flow = await Service<FlowService>().CreateAsync(Organization, "Flow", Says("Hello {{ name }}"), Cancellation);
        var settings = new AutomationSettings
        {
            Name = "Test",
            FlowId = flow.Id,
            ChannelId = "channel-1",
            AudienceType = audience,
            AudienceConfig = JsonElement.Parse(config),
            VariableMapping = Mapping(mapping),
        };
        return (await Service<AutomationService>().CreateAsync(Organization, settings, cancellationToken: Cancellation)).Automation;
    }

    public async Task<Automation> MendAsync(Automation automation, Func<AutomationSettings, AutomationSettings> change) =>
        (await Service<AutomationService>().UpdateAsync(Organization, automation.Id, change, Cancellation))!.Automation;

    public static IReadOnlyDictionary<string, JsonElement> Mapping(string json) =>
        JsonElement.Parse(json).EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Clone(), StringComparer.Ordinal);

    public static IReadOnlyList<FlowNode> Says(string text) =>
        [new FlowNode.Start("start", "m"), new FlowNode.Message("m", text, "end"), new FlowNode.End("end", null)];

    public async Task<Execution> StartAsync(Automation automation, params Contact[] testOnly) => (await Service<ExecutionStarter>().StartAsync(
        automation, new() { TestMode = testOnly.Length > 0, TestContactIds = [.. testOnly.Select(c => c.Id)] }, cancellationToken: Cancellation)).Execution!;

    public async Task<Execution> RepairAsync(Execution execution, RepairRequest? request = null) =>
        (await Service<ExecutionRepairer>().RepairAsync(Organization, execution.Id, request ?? new(), cancellationToken: Cancellation))!.Execution!;

    /// <summary>Plans one execution as a node does.</summary>
    public async Task<IReadOnlyList<Recipient>> PlanAsync(Execution execution)
    {
        await PlanNextAsync();
        return await RecipientsAsync(execution);
    }

    /// <summary>Plans whatever waits longest.</summary>
    public async Task PlanNextAsync()
    {
        var planning = Service<AudiencePlanning>();
        var lease = (await planning.LeaseAsync("node", Cancellation))!;
        try
        {
            await planning.PlanAsync(lease, Cancellation);
        }
        finally
        {
            await planning.ReleaseAsync(lease);
        }
    }

    public async Task<IReadOnlyList<Recipient>> RecipientsAsync(Execution execution) =>
        await Store.Recipients.StreamAsync(Organization, execution.Id, RecipientFilter.All, cancellationToken: Cancellation).ToListAsync(Cancellation);

    public async Task<Execution> ReadAsync(Execution execution) => (await Store.Executions.FindAsync(Organization, execution.Id, Cancellation))!;

    /// <summary>Starts an automation, plans it, lets everybody pending fail or whatever else is said, and ends it.</summary>
    public async Task<Execution> EndedAsync(Automation automation, Func<Recipient, RecipientChange>? becomes = null, params Contact[] testOnly) =>
        await EndAsync(await StartAsync(automation, testOnly), becomes);

    public async Task<Execution> EndAsync(Execution execution, Func<Recipient, RecipientChange>? becomes = null)
    {
        foreach (var row in (await PlanAsync(execution)).Where(r => r.Open))
        {
            await MoveAsync(row, becomes ?? Failed);
        }

        await Store.Claims.TryCloseAsync(execution.Number, Cancellation);
        return await ReadAsync(execution);
    }

    public Task MoveAsync(Recipient row, Func<Recipient, RecipientChange> move) =>
        Store.Recipients.TransitionAsync([new(row.Id, s => move(s.Recipient))], [], Cancellation);

    public Task MoveAsync(Execution execution, Func<Execution, Execution> move) => Store.Executions.UpdateAsync(Organization, execution.Id, move, Cancellation);

    public RecipientChange Failed(Recipient row) => Failed(row, "131026");

    public RecipientChange Failed(Recipient row, string code) => RecipientRules.Fail(row, 1, code, "No", Clock.GetUtcNow(), null);

    public RecipientChange Sent(Recipient row) => RecipientRules.Accept(row, 1, $"wamid.{row.Id}", Clock.GetUtcNow(), new RunStep.End("end", "completed"));

    public RecipientChange InDoubt(Recipient row)
    {
        var doubt = RecipientRules.Doubt(row, 1, "No answer", Clock.GetUtcNow(), Clock.GetUtcNow());
        return RecipientRules.Hold(doubt.After) with { Event = doubt.Event };
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class Channels : IChannelDirectory
    {
        IReadOnlyCollection<Channel> IChannelDirectory.Channels { get; } =
            [new() { Id = "channel-1", OrganizationId = Organization, Kind = "test", ProviderId = "1" }, new() { Id = "channel-2", OrganizationId = Organization, Kind = "test", ProviderId = "2" }];
    }

    /// <summary>A host's own table of people.</summary>
    internal sealed class ClubMembers
    {
        public int Count { get; set; }

        public Func<int, Task> OnFind { get; set; } = _ => Task.CompletedTask;

        public List<int> Asked { get; } = [];

        public static IReadOnlyDictionary<string, object?> Row(string number) => new Dictionary<string, object?> { ["card"] = $"card {number[^4..]}" };
    }

    private sealed class Club(ClubMembers members) : IAudience
    {
        public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<AudienceProblem>>([]);

        public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (var i = int.Parse(request.After ?? "0", null); i < members.Count; i++)
            {
                var number = $"55119{80_000_000 + i}";
                yield return AudienceMember.ByNumber(new() { WhatsAppId = number, Name = $"Member {i}" }, $"{i + 1}", ClubMembers.Row(number));
            }

            await Task.CompletedTask;
        }

        public async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> FindRowsAsync(
            string organizationId, JsonElement config, IReadOnlyList<Recipient> people, CancellationToken cancellationToken = default)
        {
            members.Asked.Add(people.Count);
            await members.OnFind(members.Asked.Count);
            return people.ToDictionary(p => p.ContactId, p => ClubMembers.Row(p.PhoneNumber));
        }
    }
}
