using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Retention;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using FlowDispatch.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Store.Conformance;

/// <summary>A person who is everywhere in a store, for tests that look at all that is left of one.</summary>
public static class ForgottenPerson
{
    public const string Number = "5511987654321";
    public const string Name = "Zuleika Quaresma";
    public const string Words = "moro na Rua das Flores";
    public const string Message = "wamid.HBgNNTUxMTk4NzY1NDMyMQ";

    /// <summary>Everything that tells who the person is.</summary>
    public static IReadOnlyList<string> Traces { get; } = [Number, "Zuleika", "Rua das Flores", Message];

    /// <summary>Puts the person among others into an upload, an ended execution with a reply, and the inbox.</summary>
    public static async Task<(Contact Person, Execution Execution)> AppearAsync(IStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var people = (await store.Contacts.UpsertAsync(
            Some.Organization,
            [.. Enumerable.Range(0, 30).Select(Some.Upsert), new() { WhatsAppId = Number, Name = Name, Email = "zuleika@example.com", Tags = ["Zuleika"] }],
            ContactUpdateMode.Fill, revive: false, cancellationToken)).Select(r => r.Contact).ToList();
        var person = people[^1];
        await store.Contacts.UpdateAsync(Some.Organization, person.Id, c => c with { OptedIn = false, OptReason = Words, OptSource = "reply", OptChangedAt = now }, cancellationToken);
        await store.Contacts.TouchConversationsAsync(Some.Organization, Some.Channel, new Dictionary<ContactId, DateTimeOffset> { [person.Id] = now }, cancellationToken);

        var upload = Some.Upload(time) with { Sample = [new Dictionary<string, object?> { ["nome"] = Name }] };
        await store.Uploads.CreateAsync(upload, cancellationToken);
        await store.Uploads.AppendAsync(upload.Id, [.. people.Select((c, at) => new UploadRow(at + 2, c.Id, new Dictionary<string, object?> { ["nome"] = c.Name, ["fone"] = c.WhatsAppId }))], cancellationToken);
        await store.Uploads.CompleteAsync(upload, cancellationToken);

        var automation = Some.Automation(time);
        await store.Automations.CreateAsync(automation, cancellationToken: cancellationToken);
        var execution = (await store.Executions.CreateAsync(Some.Execution(time, automation), cancellationToken: cancellationToken)).Execution!;
        var plan = await store.Executions.LeasePlanAsync("planner", TimeSpan.FromMinutes(1), cancellationToken);
        Assert.True(await store.Executions.AppendPlanAsync(plan!, new() { Recipients = [.. people.Select(Some.Planned)], Position = null, Finished = true, SliceSize = 10, At = now }, cancellationToken));
        var lease = (await store.Claims.LeaseAsync(execution.Number, "node", 10, TimeSpan.FromMinutes(1), cancellationToken))!;
        var items = await store.Claims.ClaimAsync(lease, 100, cancellationToken: cancellationToken);
        Assert.True(await store.Claims.CommitAsync(lease, new() { Number = 1, Marks = [.. items.Select(i => i.Recipient.Id.Ordinal)] }, cancellationToken));
        Assert.True(await store.Claims.CommitAsync(
            lease,
            new()
            {
                Number = 2,
                Changes = [.. items.Select(i => new ClaimedChange(i.Recipient, r => RecipientRules.Accept(
                    r, 1, r.ContactId == person.Id ? Message : $"wamid.{r.Id}", now, new RunStep.AwaitReply("offer", now.AddDays(1)))))],
            },
            cancellationToken));
        await store.Claims.ReleaseAsync(lease, cancellationToken);
        var reply = new InboundEvent.Reply { ChannelId = Some.Channel, At = now, ProviderMessageId = $"{Message}.in", From = Number, Text = Words };
        await store.Recipients.TransitionAsync([.. items.Select(i => new RecipientTransition(
            i.Recipient.Id,
            s => s.Recipient.ContactId == person.Id ? TrackingRules.Reply(s, reply, optedOut: true, now) : RecipientRules.NoResponse(s.Recipient)))], [], cancellationToken);
        Assert.True(await store.Claims.TryCloseAsync(execution.Number, cancellationToken));
        await store.Inbox.AppendAsync([reply], now, cancellationToken);
        return (person, execution);
    }

    /// <summary>The service, as a host has it.</summary>
    public static async Task<T> AskAsync<T>(IStore store, TimeProvider time, Func<IDataRetention, Task<T>> ask)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddFlowDispatch();
        services.AddSingleton(store);
        services.AddSingleton<IChannelDirectory>(new Line());
        await using var provider = services.BuildServiceProvider();
        return await ask(provider.GetRequiredService<IDataRetention>());
    }

    private sealed class Line : IChannelDirectory
    {
        public IReadOnlyCollection<Channel> Channels { get; } = [new() { Id = Some.Channel, OrganizationId = Some.Organization, Kind = "test", ProviderId = "1" }];
    }
}
