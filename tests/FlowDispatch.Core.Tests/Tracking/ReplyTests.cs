using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Tracking;

namespace FlowDispatch.Tests.Tracking;

public sealed class ReplyTests
{
    [Theory]
    [InlineData("5511988887777", "5511988887777")]
    [InlineData("5511988887777", "551188887777")]
    [InlineData("551188887777", "5511988887777")]
    public async Task A_reply_is_found_by_number_with_or_without_the_ninth_digit(string contact, string from)
    {
        var run = await TrackedRun.StartAsync(numbers: contact);
        await run.SendAsync();

        await run.HearAsync(run.Reply("Oi", from));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Replied, run.Clock.GetUtcNow()), (row.Status, row.RepliedAt));
        Assert.Equal((1, 1), ((await run.CountersAsync()).Replied, (await run.CountersAsync()).Read));
    }

    [Fact]
    public async Task A_reply_is_found_by_the_message_that_it_answers()
    {
        var run = await TrackedRun.StartAsync(numbers: ["5511988887777", "5511977776666"]);
        await run.SendAsync();

        await run.HearAsync(run.Reply("Oi", from: null) with { InReplyTo = "m1-1" });

        Assert.Equal(RecipientStatus.Sent, (await run.RowAsync(0)).Status);
        Assert.Equal(RecipientStatus.Replied, (await run.RowAsync(1)).Status);
    }

    [Fact]
    public async Task A_repeated_reply_counts_and_is_told_once()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Reply("Oi"), run.Reply("Oi"));
        await run.HearAsync(run.Reply("Oi"));
        await run.HearAsync(run.Reply("E aí?", id: "in-2"));

        Assert.Equal(["Oi", "E aí?"], (await run.HistoryAsync()).Where(e => e.Kind == RecipientEventKind.Replied).Select(e => e.Message));
        Assert.Equal(1, (await run.CountersAsync()).Replied);
    }

    [Fact]
    public async Task A_receipt_after_the_reply_lowers_nothing()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Reply("Oi"));

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));

        Assert.Equal(RecipientStatus.Replied, (await run.RowAsync()).Status);
        Assert.NotNull((await run.RowAsync()).DeliveredAt);
    }

    [Fact]
    public async Task A_reply_opens_the_conversation()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));
        await run.HearAsync(run.Reply("Oi"));

        var lease = await run.Store.Claims.LeaseAsync(run.Execution.Number, "node", 1, TimeSpan.FromMinutes(1), run.Cancellation);
        var item = Assert.Single(await run.Store.Claims.ClaimAsync(lease!, 1, cancellationToken: run.Cancellation));

        Assert.Equal(run.Clock.GetUtcNow(), item.ConversationAt);
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData("  stop! ")]
    [InlineData("Sair.")]
    [InlineData("párar")]
    [InlineData("CANCELAR…")]
    [InlineData("“Parar”")]
    public async Task An_opt_out_word_opts_the_person_out(string text)
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Reply(text));

        var contact = await run.ContactAsync();
        Assert.Equal((false, "reply", text.Trim()), (contact.OptedIn, contact.OptSource, contact.OptReason));
        Assert.Equal(run.Clock.GetUtcNow(), contact.OptChangedAt);
        Assert.Equal(RecipientStatus.Replied, (await run.RowAsync()).Status);
    }

    [Theory]
    [InlineData("Please stop by tomorrow")]
    [InlineData("Não quero parar")]
    [InlineData("stops")]
    [InlineData("!!!")]
    public async Task A_message_that_only_contains_the_word_opts_nobody_out(string text)
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Reply(text));

        Assert.True((await run.ContactAsync()).OptedIn);
    }

    [Fact]
    public async Task An_opt_out_word_ends_an_open_run()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));

        await run.HearAsync(run.Reply("SAIR"));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Replied, false, "opted_out", null), (row.Status, row.Open, row.FlowOutcome, row.NextAttemptAt));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_ended_while_its_message_was_in_hand_is_not_taken_up_again(bool taken)
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));
        await run.HandOverAsync();
        await run.HearAsync(run.Reply("SAIR"));

        await (taken ? run.AcceptAsync() : run.FailAsync(run.Clock.GetUtcNow()));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Replied, false, "opted_out", false), (row.Status, row.Open, row.FlowOutcome, row.FlowCompleted));
        await run.CountersAsync();
    }

    [Fact]
    public async Task An_opt_out_leaves_a_message_in_doubt_visible_until_its_receipt_comes()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));
        await run.HandOverAsync();
        await run.LetGoAsync();

        await run.HearAsync(run.Reply("SAIR"));
        Assert.Equal((RecipientStatus.InDoubt, false), ((await run.RowAsync()).Status, (await run.RowAsync()).Open));

        await run.HearAsync(run.Receipt(ReceiptStatus.Sent, 2));
        Assert.Equal((RecipientStatus.Replied, false, "opted_out"), ((await run.RowAsync()).Status, (await run.RowAsync()).Open, (await run.RowAsync()).FlowOutcome));
    }

    [Fact]
    public async Task An_opt_out_word_counts_even_where_nobody_was_written_to()
    {
        var run = await TrackedRun.StartAsync();

        await run.HearAsync(run.Reply("STOP"));

        Assert.False((await run.ContactAsync()).OptedIn);
        Assert.Equal(1, await run.WaitingAsync());
    }

    [Fact]
    public async Task Both_contacts_of_a_person_are_opted_out()
    {
        var run = await TrackedRun.StartAsync(numbers: ["5511988887777", "551188887777"]);
        await run.SendAsync();

        await run.HearAsync(run.Reply("STOP"));

        Assert.False((await run.ContactAsync(0)).OptedIn);
        Assert.False((await run.ContactAsync(1)).OptedIn);
    }

    [Fact]
    public async Task An_opt_in_after_the_word_stands_when_the_word_is_read_again()
    {
        var run = await TrackedRun.StartAsync();
        await run.HearAsync(run.Reply("STOP"));
        run.Clock.Advance(TimeSpan.FromMinutes(1));
        await run.Store.Contacts.UpdateAsync(
            TrackedRun.Org, run.Contacts[0].Id, c => c with { OptedIn = true, OptChangedAt = run.Clock.GetUtcNow() }, run.Cancellation);

        await run.SettleAsync();

        Assert.True((await run.ContactAsync()).OptedIn);
    }

    // The one came in through a process whose clock is ahead of the other's.
    [Fact]
    public async Task A_word_that_came_after_an_opt_in_counts_though_clocks_differ()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var ahead = run.Clock.GetUtcNow().AddSeconds(30);
        await run.Store.Contacts.UpdateAsync(TrackedRun.Org, run.Contacts[0].Id, c => c with { OptedIn = true, OptChangedAt = ahead }, run.Cancellation);
        run.Clock.Advance(TimeSpan.FromSeconds(10));

        await run.HearAsync(run.Reply("STOP"));

        Assert.False((await run.ContactAsync()).OptedIn);
    }

    [Fact]
    public async Task A_reply_with_half_a_surrogate_pair_counts()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Reply("Sim \ud83d"));

        Assert.NotNull((await run.RowAsync()).RepliedAt);
    }

    [Fact]
    public async Task A_person_of_another_organization_with_the_same_number_is_left_alone()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var other = Assert.Single(await run.Store.Contacts.UpsertAsync(
            "org-2", [new() { WhatsAppId = "5511988887777" }], ContactUpdateMode.Fill, revive: false, run.Cancellation)).Contact;

        await run.HearAsync(run.Reply("STOP"));

        Assert.True(Assert.Single(await run.Store.Contacts.FindAsync("org-2", [other.Id], run.Cancellation)).OptedIn);
    }

    [Fact]
    public async Task What_comes_in_on_an_id_that_two_organizations_have_is_nobodys()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        run.Directory.Channels = [.. run.Directory.Channels, new() { Id = TrackedRun.ChannelId, OrganizationId = "org-2", Kind = "sms", ProviderId = "p-9" }];

        await run.HearAsync(run.Reply("STOP"), run.Receipt(ReceiptStatus.Delivered));

        Assert.True((await run.ContactAsync()).OptedIn);
        Assert.Equal((RecipientStatus.Sent, 2), ((await run.RowAsync()).Status, await run.WaitingAsync()));
    }
}
