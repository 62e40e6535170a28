using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using FlowDispatch.Uploads;

namespace FlowDispatch.Store.Conformance;

/// <summary>Erasure: who a person is goes, what was counted stays, and whoever must not be written to is known by a digest alone.</summary>
public abstract class ErasureConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    private const string Secret = "I moved to Rua das Flores 12";

    [Fact]
    public async Task Erased_recipients_keep_what_was_counted_and_lose_who_they_are()
    {
        var (execution, rows) = await RepliedAsync(60);
        var row = rows[30];

        Assert.Empty(await Store.Retention.EraseRecipientsAsync([row.Id], Cancellation));

        var erased = await FindAsync(row.Id);
        var expected = row with { PhoneNumber = "", ContactName = null, TimeZone = null, Variables = Recipient.NoVariables, ErrorMessage = null, ProviderMessageId = null };
        Assert.Equal(Some.Text(expected), Some.Text(erased));
        var history = await Store.Recipients.ReadHistoryAsync(row.Id, Cancellation);
        Assert.Equal(RecipientEventKind.Replied, history[^1].Kind);
        Assert.All(history, e => Assert.Equal((null, null), (e.Message, e.ProviderMessageId)));
        Assert.Empty(await Store.Recipients.FindByMessageAsync(Some.Channel, [row.ProviderMessageId!], Cancellation));
        Assert.Equal(60, (await ConsistentAsync(execution)).Rows.Replied);

        // The others are as they were, those beside it in one chunk among them.
        Assert.Equal(Some.Text(rows.Where(r => r.Id != row.Id)), Some.Text((await RecipientsAsync(execution)).Where(r => r.Id != row.Id)));
        Assert.Equal(Secret, (await Store.Recipients.ReadHistoryAsync(rows[31].Id, Cancellation))[^1].Message);
        Assert.Equal(rows[31].Id, (await Store.Recipients.FindByMessageAsync(Some.Channel, [rows[31].ProviderMessageId!], Cancellation)).Values.Single().Id);

        // Once more, and by another process.
        await ReopenAsync();
        Assert.Empty(await Store.Retention.EraseRecipientsAsync([row.Id], Cancellation));
        Assert.Equal(Some.Text(expected), Some.Text(await FindAsync(row.Id)));
    }

    [Fact]
    public async Task Recipients_whose_run_has_not_ended_are_left_and_named()
    {
        var execution = await RunningAsync(3);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, Accepted(items[0]));
        var rows = await RecipientsAsync(execution);
        var unknown = RecipientId.Create(execution.Number, 77, execution.CreatedAt);

        var left = await Store.Retention.EraseRecipientsAsync([.. rows.Select(r => r.Id), unknown], Cancellation);

        Assert.Equal(rows.Skip(1).Select(r => r.Id), left.OrderBy(id => id.Ordinal));
        Assert.Equal("", (await FindAsync(rows[0].Id)).PhoneNumber);
        Assert.Equal(rows[1].PhoneNumber, (await FindAsync(rows[1].Id)).PhoneNumber);

        // What they are waiting for is recorded as ever, and then they go too.
        await CommitAsync(lease, Accepted(items[1]), Accepted(items[2]));
        Assert.Empty(await Store.Retention.EraseRecipientsAsync(left, Cancellation));
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(("", null, RecipientStatus.Sent), (r.PhoneNumber, r.ProviderMessageId, r.Status)));
        Assert.Equal(3, (await ConsistentAsync(execution)).Rows.Sent);
    }

    [Fact]
    public async Task A_recipient_can_be_erased_while_others_are_still_planned_beside_it()
    {
        var contacts = await ContactsAsync(40);
        var execution = await ExecutionAsync();
        var lease = (await Store.Executions.LeasePlanAsync("planner", Lease, Cancellation))!;
        Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([.. contacts.Take(10).Select(Some.Planned)], finished: false, position: "10"), Cancellation));
        var row = (await RecipientsAsync(execution))[4];
        await TransitionAsync(row.Id, s => RecipientRules.Skip(s.Recipient, ReasonCodes.Deleted, "Deleted."));

        Assert.Empty(await Store.Retention.EraseRecipientsAsync([row.Id], Cancellation));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([.. contacts.Skip(10).Select(Some.Planned)]), Cancellation));

        var rows = await RecipientsAsync(execution);
        Assert.Equal(contacts.Select(c => c.Id), rows.Select(r => r.ContactId));
        Assert.Equal(row.Id, Assert.Single(rows, r => r.PhoneNumber.Length == 0).Id);
        Assert.All(rows.Where(r => r.Id != row.Id), r => Assert.Equal(r.ContactName, r.Variables["name"]));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task A_contact_is_found_in_every_execution_of_its_organization()
    {
        var contacts = await ContactsAsync(80);
        var expected = new List<RecipientId>();
        for (var i = 0; i < 3; i++)
        {
            var execution = await ExecutionAsync();
            await PlanAsync(execution, [.. contacts.Skip(i).Select(Some.Planned)]);
            expected.Add(RecipientId.Create(execution.Number, 77 - i, execution.CreatedAt));
        }

        await RunningAsync(2);
        await RunningAsync(2, automation: await AutomationAsync(organization: Some.OtherOrganization));

        Assert.Equal(expected, (await TraceAsync(Some.Organization, contacts[77].Id)).Select(r => r.Id));
        Assert.Equal(contacts[77].WhatsAppId, (await TraceAsync(Some.Organization, contacts[77].Id))[0].PhoneNumber);
        Assert.Empty(await TraceAsync(Some.OtherOrganization, contacts[77].Id));
        Assert.Empty(await TraceAsync(Some.Organization, ContactId.New(Clock)));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task An_erased_persons_number_comes_back_as_it_must_be_treated(bool optedOut, bool blocked)
    {
        var contact = (await ContactsAsync(1))[0];
        await Store.Contacts.UpdateAsync(Some.Organization, contact.Id, c => c with { OptedIn = !optedOut, Blocked = blocked, Email = "a@example.com" }, Cancellation);
        await Store.Contacts.UpdateAsync(Some.Organization, contact.Id, c => c with { DeletedAt = Now }, Cancellation);

        Assert.False(await Store.Retention.EraseContactAsync(Some.OtherOrganization, contact.Id, Cancellation));
        Assert.True(await Store.Retention.EraseContactAsync(Some.Organization, contact.Id, Cancellation));
        Assert.False(await Store.Retention.EraseContactAsync(Some.Organization, contact.Id, Cancellation));

        Assert.Empty(await Store.Contacts.FindAsync(Some.Organization, [contact.Id], Cancellation));
        Assert.Empty(await Store.Contacts.FindByNumberAsync(Some.Organization, [contact.WhatsAppId], Cancellation));
        await ReopenAsync();
        var again = await UpsertAsync(contact.WhatsAppId);
        Assert.NotEqual(contact.Id, again.Id);
        Assert.Equal((!optedOut, blocked, null), (again.OptedIn, again.Blocked, again.Email));
        Assert.Equal(optedOut ? "erasure" : null, again.OptSource);
        Assert.Equal(Some.Text(again), Some.Text(Assert.Single(await Store.Contacts.FindAsync(Some.Organization, [again.Id], Cancellation))));

        // What claims say is what keeps a message back.
        var execution = await ExecutionAsync();
        await PlanAsync(execution, [Some.Planned(again)]);
        Assert.Equal(
            blocked ? ContactSuppression.Blocked : optedOut ? ContactSuppression.OptedOut : ContactSuppression.None,
            Assert.Single(await ClaimAsync(await LeaseAsync(execution))).Suppression);

        // Another organization never heard of it.
        var other = (await Store.Contacts.UpsertAsync(
            Some.OtherOrganization, [new() { WhatsAppId = contact.WhatsAppId }], ContactUpdateMode.Fill, revive: false, Cancellation))[0].Contact;
        Assert.Equal((true, false), (other.OptedIn, other.Blocked));
    }

    [Fact]
    public async Task Neither_the_other_form_of_a_number_nor_a_contact_that_changes_to_it_escapes()
    {
        const string Number = "5511988887777";
        await EraseOptedOutAsync(Number);

        Assert.False((await UpsertAsync("551188887777")).OptedIn);
        var moving = await UpsertAsync("5511977776666");
        Assert.True(moving.OptedIn);
        Assert.False((await Store.Contacts.UpdateAsync(Some.Organization, moving.Id, c => c with { WhatsAppId = Number }, Cancellation))!.OptedIn);
        Assert.False(Assert.Single(await Store.Contacts.FindAsync(Some.Organization, [moving.Id], Cancellation)).OptedIn);
        Assert.True((await UpsertAsync("5511988887778")).OptedIn);
    }

    [Fact]
    public async Task Who_consents_anew_and_is_erased_again_leaves_nothing()
    {
        const string Number = "5511988887777";
        await EraseOptedOutAsync(Number);
        var again = await UpsertAsync(Number);
        await Store.Contacts.UpdateAsync(Some.Organization, again.Id, c => c with { OptedIn = true }, Cancellation);

        Assert.True(await Store.Retention.EraseContactAsync(Some.Organization, again.Id, Cancellation));

        Assert.True((await UpsertAsync(Number)).OptedIn);
    }

    [Fact]
    public async Task Rows_of_uploads_and_their_samples_go_and_other_peoples_stay()
    {
        var contacts = await ContactsAsync(3);
        var (mine, others) = (await UploadAsync(contacts), await UploadAsync([.. contacts.Skip(1)]));
        var foreign = await UploadAsync(contacts, Some.OtherOrganization);

        Assert.Equal(1, await Store.Retention.EraseUploadRowsAsync(Some.Organization, contacts[0].Id, Cancellation));
        Assert.Equal(0, await Store.Retention.EraseUploadRowsAsync(Some.Organization, contacts[0].Id, Cancellation));

        Assert.Equal(contacts.Skip(1).Select(c => c.Id), (await Store.Uploads.ReadRowsAsync(mine, 0, 10, Cancellation)).Select(r => r.ContactId));
        Assert.Empty(await Store.Uploads.FindRowsAsync(mine, [contacts[0].Id], Cancellation));
        Assert.Empty((await Store.Uploads.FindAsync(Some.Organization, mine, Cancellation))!.Sample);
        Assert.Equal(2, (await Store.Uploads.ReadRowsAsync(others, 0, 10, Cancellation)).Count);
        Assert.Single((await Store.Uploads.FindAsync(Some.Organization, others, Cancellation))!.Sample);
        Assert.Equal(3, (await Store.Uploads.ReadRowsAsync(foreign, 0, 10, Cancellation)).Count);
    }

    [Fact]
    public async Task Conversations_of_the_channels_named_are_forgotten()
    {
        var contacts = await ContactsAsync(2);
        foreach (var contact in contacts)
        {
            await WroteAsync(Some.Channel, contact.Id, Now);
        }

        await Store.Retention.EraseConversationsAsync(contacts[0].Id, [Some.Channel, "line-2"], Cancellation);

        Assert.Equal(contacts[1].Id, Assert.Single(await Store.Contacts.FindConversationsAsync(Some.Channel, [.. contacts.Select(c => c.Id)], Cancellation)).Key);
    }

    [Fact]
    public async Task All_replies_in_the_inbox_are_read_whether_they_are_due_or_not()
    {
        await Store.Inbox.AppendAsync([.. Enumerable.Range(0, 40).Select(i => Some.Receipt(Clock, ReceiptStatus.Read, $"{i}"))], Now, Cancellation);
        await Store.Inbox.AppendAsync([Some.Receipt(Clock, ReceiptStatus.Read)], Now, Cancellation);
        await Store.Inbox.AppendAsync([.. Enumerable.Range(0, 7).Select(i => Some.Reply(Clock, $"{i}"))], Now, Cancellation);
        var some = (await Store.Retention.ReadRepliesAsync(null, 100, Cancellation)).Entries;
        await Store.Inbox.PutOffAsync([.. some.Take(2).Select(e => e.Id)], Now.AddHours(1), Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.Inbox.AppendAsync([Some.Reply(Clock, "7")], Now, Cancellation);

        var all = new List<InboxEntry>();
        string? position = null;
        do
        {
            var part = await Store.Retention.ReadRepliesAsync(position, 3, Cancellation);
            Assert.InRange(part.Entries.Count, 0, 3);
            all.AddRange(part.Entries);
            position = part.Next;
        }
        while (position is not null);

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), all.Select(e => ((InboundEvent.Reply)e.Event).Text).Order(StringComparer.Ordinal));
        Assert.Equal(2, all.Count(e => e.Tries == 1));
        await Store.Inbox.DropAsync([.. all.Select(e => e.Id)], Cancellation);
        Assert.Empty((await Store.Retention.ReadRepliesAsync(null, 1_000, Cancellation)).Entries);
    }

    private async Task<IReadOnlyList<Recipient>> TraceAsync(string organization, ContactId contact)
    {
        var found = new List<Recipient>();
        string? position = null;
        do
        {
            var part = await Store.Retention.FindRecipientsAsync(organization, contact, position, Cancellation);
            found.AddRange(part.Recipients);
            position = part.Next;
        }
        while (position is not null);
        return found;
    }

    private async Task<Contact> UpsertAsync(string number) =>
        (await Store.Contacts.UpsertAsync(Some.Organization, [new() { WhatsAppId = number }], ContactUpdateMode.Fill, revive: false, Cancellation))[0].Contact;

    private async Task EraseOptedOutAsync(string number)
    {
        var contact = await UpsertAsync(number);
        await Store.Contacts.UpdateAsync(Some.Organization, contact.Id, c => c with { OptedIn = false }, Cancellation);
        Assert.True(await Store.Retention.EraseContactAsync(Some.Organization, contact.Id, Cancellation));
    }

    private async Task<UploadId> UploadAsync(IReadOnlyList<Contact> contacts, string organization = Some.Organization)
    {
        var upload = Some.Upload(Clock, organization) with { Sample = [new Dictionary<string, object?> { ["nome"] = "Ana" }] };
        await Store.Uploads.CreateAsync(upload, Cancellation);
        await Store.Uploads.AppendAsync(upload.Id, [.. contacts.Select((c, at) => new UploadRow(at + 2, c.Id, new Dictionary<string, object?> { ["nome"] = c.Name }))], Cancellation);
        await Store.Uploads.CompleteAsync(upload, Cancellation);
        return upload.Id;
    }

    private async Task<(Execution Execution, IReadOnlyList<Recipient> Rows)> RepliedAsync(int count)
    {
        var execution = await RunningAsync(count);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, items.Select(i => Accepted(i)));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        await Store.Recipients.TransitionAsync(
            [.. items.Select(i => new RecipientTransition(i.Recipient.Id, s => TrackingRules.Reply(s, Some.Reply(Clock, Secret), optedOut: false, Now)))], [], Cancellation);
        return (await FindAsync(execution), await RecipientsAsync(execution));
    }
}
