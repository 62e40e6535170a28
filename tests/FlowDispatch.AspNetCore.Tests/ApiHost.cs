using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Audiences;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Storage;
using FlowDispatch.Variables;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.AspNetCore.Tests;

/// <summary>The API on a real server with the in-memory store. A caller's token is <c>organization:role</c>.</summary>
public class ApiHost : IAsyncLifetime
{
    private readonly ChannelList _channels = new();
    private WebApplication? _app;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 15, 0, 0, TimeSpan.Zero));

    public CapturedLogs Logs { get; } = new();

    /// <summary>The clock of the host.</summary>
    protected virtual TimeProvider Time => Clock;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public IStore Store => Service<IStore>();

    public T Service<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(Logs);
        builder.Services.AddSingleton(Time);
        builder.Services.AddSingleton<IChannelDirectory>(_channels);
        builder.Services.Configure<ContactOptions>(o => o.DefaultRegion = "BR");
        var flowDispatch = builder.Services.AddFlowDispatch(o => o.Node.Enabled = false).UseInMemory().AddAudience<Lapsed>("lapsed")
            .AddVariables<Coupons>("coupon").AddVariables<Broken>("broken");
        Register(flowDispatch);
        flowDispatch.AddFlowDispatchApi(o => o.ResolveCaller = context =>
            context.Request.Headers.Authorization.ToString().Split(' ', ':') is ["Bearer", var organization, var role]
                ? new FlowDispatchCaller(organization, "tester", Enum.Parse<FlowDispatchRole>(role, ignoreCase: true))
                : null);
        builder.Services.AddEndpointsApiExplorer();
        _app = builder.Build();
        _app.MapFlowDispatchApi();
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Address = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A caller of an organization that no other test uses, with two channels: <c>{organization}-wa</c>, where only templates open a conversation, and <c>{organization}-free</c>.</summary>
    public ApiClient Fresh(string role = "admin")
    {
        var organization = Guid.CreateVersion7().ToString("N");
        _channels.Add(new() { Id = $"{organization}-wa", OrganizationId = organization, Kind = "whatsapp", ProviderId = $"{organization}1", DisplayName = "Loja", MessagesPerSecond = 80, HasConversationWindow = true });
        _channels.Add(new() { Id = $"{organization}-free", OrganizationId = organization, Kind = "free", ProviderId = $"{organization}2" });
        return new ApiClient(Address, organization, role);
    }

    public ApiClient Anonymous() => new(Address, null, null);

    /// <summary>What a host registers besides.</summary>
    protected virtual void Register(FlowDispatchBuilder builder)
    {
    }

    /// <summary>A host's own variables, which none may be taken of but for a real run.</summary>
    private sealed class Coupons : IVariableSource
    {
        public IReadOnlyCollection<string> Fields => ["code", "cents"];

        public Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> ResolveAsync(VariableRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>>(
                request.People.ToDictionary(p => p.Contact.Id, IReadOnlyDictionary<string, object?> (p) => new Dictionary<string, object?> { ["code"] = "{{ x }}", ["cents"] = 250 }));
    }

    private sealed class Broken : IVariableSource
    {
        public Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> ResolveAsync(VariableRequest request, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Password=secret");

        public Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>?> PreviewAsync(VariableRequest request, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Password=secret");
    }

    /// <summary>A host's own audience: so many people by number as its settings say.</summary>
    private sealed class Lapsed : IAudience
    {
        public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<AudienceProblem>>(config.TryGetProperty("count", out _) ? [] : [new("count", "is required.")]);

        public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var number in Enumerable.Range(1, request.Config.GetProperty("count").GetInt32()))
            {
                yield return AudienceMember.ByNumber(new ContactUpsert { WhatsAppId = $"55119{number:D8}", Name = $"Pessoa {number}" }, $"{number}");
            }

            await Task.CompletedTask;
        }
    }

    private sealed class ChannelList : IChannelDirectory
    {
        private IReadOnlyCollection<Channel> _channels = [];

        public IReadOnlyCollection<Channel> Channels => _channels;

        public void Add(Channel channel)
        {
            lock (this)
            {
                _channels = [.. _channels, channel];
            }
        }
    }
}
