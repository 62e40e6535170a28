using FlowDispatch.Contacts;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Retention;
using FlowDispatch.Testing.Simulations;
using FlowDispatch.Tracking;

namespace FlowDispatch.Core.Tests.Retention;

/// <summary>A person is erased while the engine runs.</summary>
public sealed class ErasureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_was_still_to_be_sent_to_is_skipped_and_never_written_to()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(50);
        var nodes = new[] { await host.StartAsync(), await host.StartAsync() };
        host.Slow(TimeSpan.FromMilliseconds(700));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 2 }));
        await host.UntilAsync(() => host.HandedOver.Count == 5);
        var lastInTurn = (await host.RecipientsAsync(execution))[^1].ContactId;
        var last = people.Single(p => p.Id == lastInTurn);

        var erasure = await EraseAsync(host, nodes[1], last);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(new ContactErasure(1, 0), erasure);
        Assert.DoesNotContain(last.WhatsAppId, host.HandedOver.Select(h => h.Message.To));
        Assert.Equal(49, host.HandedOver.Count);
        var row = Assert.Single(await host.RecipientsAsync(execution), r => r.ContactId == last.Id);
        Assert.Equal((RecipientStatus.Skipped, ReasonCodes.Deleted, "", null), (row.Status, row.ErrorCode, row.PhoneNumber, row.ContactName));
        Assert.Empty(row.Variables);
        Assert.Empty(await host.Store.Contacts.FindAsync(EngineHost.Organization, [last.Id], Cancellation));
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Nobody_whom_a_node_holds_in_its_hand_is_sent_to_after_the_second_it_takes_to_hear_of_it()
    {
        await using var host = new EngineHost(perSecond: 1);
        var people = await host.PeopleAsync(30);
        var node = await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(() => host.HandedOver.Count == 3);

        // The very next one: it may be marked already, and then it is settled first.
        var nextInTurn = (await host.RecipientsAsync(execution))[3].ContactId;
        var next = people.Single(p => p.Id == nextInTurn);
        await EraseAsync(host, node, next);
        var erased = host.Clock.GetUtcNow();
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.DoesNotContain(host.HandedOver, h => h.Message.To == next.WhatsAppId && h.At > erased);
        var row = Assert.Single(await host.RecipientsAsync(execution), r => r.ContactId == next.Id);
        Assert.Equal(("", null), (row.PhoneNumber, row.ProviderMessageId));
        Assert.Equal(host.HandedOver.Any(h => h.Message.To == next.WhatsAppId) ? RecipientStatus.Sent : RecipientStatus.Skipped, row.Status);
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task A_message_in_a_senders_hands_is_settled_first()
    {
        await using var host = new EngineHost();
        var person = (await host.PeopleAsync(1))[0];
        var node = await host.StartAsync();
        var held = host.Hold(0);
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(() => host.HandedOver.Count == 1);

        Assert.Equal(new ContactErasure(1, 1), await EraseAsync(host, node, person));

        // Still known, and deleted: nothing more would be sent.
        Assert.NotNull(Assert.Single(await host.Store.Contacts.FindAsync(EngineHost.Organization, [person.Id], Cancellation)).DeletedAt);
        Assert.Equal(RecipientStatus.Sending, Assert.Single(await host.RecipientsAsync(execution)).Status);

        held.Release(1);
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(new ContactErasure(1, 0), await EraseAsync(host, node, person));
        Assert.Null(await EraseAsync(host, node, new() { Id = ContactId.New(host.Clock), OrganizationId = EngineHost.Organization, WhatsAppId = "1", CreatedAt = default, UpdatedAt = default }));

        var row = Assert.Single(await host.RecipientsAsync(execution));
        Assert.Equal((RecipientStatus.Sent, "", null), (row.Status, row.PhoneNumber, row.ProviderMessageId));
        Assert.Empty(await host.Store.Contacts.FindAsync(EngineHost.Organization, [person.Id], Cancellation));
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task What_comes_in_later_counts_and_brings_no_words_and_no_message_back()
    {
        await using var host = new EngineHost();
        var person = (await host.PeopleAsync(1))[0];
        var node = await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        var row = Assert.Single(await host.RecipientsAsync(execution));
        await EraseAsync(host, node, person);

        await host.ReceiveAsync(node, new InboundEvent.Receipt
        {
            ChannelId = "channel-1",
            At = host.Clock.GetUtcNow(),
            ProviderMessageId = row.ProviderMessageId!,
            AttemptId = new AttemptId(row.Id, 1).ToString(),
            Status = ReceiptStatus.Read,
        });
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Read == 1);

        var read = Assert.Single(await host.RecipientsAsync(execution));
        Assert.Equal((RecipientStatus.Read, "", null), (read.Status, read.PhoneNumber, read.ProviderMessageId));
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Replies_that_wait_in_the_inbox_go_and_those_of_another_organization_or_number_stay()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(2);
        var node = await host.StartAsync(o => o.Node.Enabled = true);
        await host.Store.Inbox.AppendAsync([Reply("channel-1", people[0].WhatsAppId), Reply("channel-1", people[1].WhatsAppId), Reply("channel-2", people[0].WhatsAppId)], host.Clock.GetUtcNow(), Cancellation);

        // The other form of the number is the same person.
        await host.Store.Inbox.AppendAsync([Reply("channel-1", people[0].WhatsAppId.Remove(4, 1))], host.Clock.GetUtcNow(), Cancellation);
        await host.PassAsync(TimeSpan.FromSeconds(1));

        await EraseAsync(host, node, people[0]);

        var left = (await host.Store.Retention.ReadRepliesAsync(null, 100, Cancellation)).Entries.Select(e => (InboundEvent.Reply)e.Event);
        Assert.Equal([("channel-1", people[1].WhatsAppId), ("channel-2", people[0].WhatsAppId)], left.Select(r => (r.ChannelId, r.From)));

        InboundEvent.Reply Reply(string channel, string from) =>
            new() { ChannelId = channel, At = host.Clock.GetUtcNow(), ProviderMessageId = $"wamid.{channel}.{from}", From = from, Text = "Olá" };
    }

    [Fact]
    public async Task Where_it_ends_half_way_nothing_is_sent_and_calling_again_goes_on()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(2);
        var node = await host.StartAsync();
        var paused = await host.BeginAsync(EngineHost.Settings());
        await host.ChangeAsync(paused, ExecutionStatus.Paused);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();

        // Deleted before anything else, whatever becomes of the rest.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EraseAsync(host, node, people[0], given.Token));
        Assert.NotNull(Assert.Single(await host.Store.Contacts.FindAsync(EngineHost.Organization, [people[0].Id], Cancellation)).DeletedAt);

        Assert.True((await EraseAsync(host, node, people[0]))!.Complete);
        await host.ChangeAsync(paused, ExecutionStatus.Running);
        await host.UntilAsync(paused, ExecutionStatus.Completed);
        Assert.Equal(people[1].WhatsAppId, Assert.Single(host.HandedOver).Message.To);
    }

    private static Task<ContactErasure?> EraseAsync(EngineHost host, SimulatedNode node, Contact contact, CancellationToken? cancellation = null) =>
        host.AskAsync<IDataRetention, ContactErasure?>(node, retention => retention.EraseContactAsync(EngineHost.Organization, contact.Id, cancellation ?? Cancellation));
}
