using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Tracking;

namespace FlowDispatch.Core.Tests.Dispatching;

public sealed class EngineTests
{
    [Fact]
    public async Task Everybody_gets_one_message_in_their_own_words_and_the_execution_completes()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(1_234);
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(1_234, host.Sender.Messages.Select(m => m.To).Distinct().Count());
        Assert.Equal(1_234, host.Sender.Messages.Count);
        Assert.All(host.Sender.Messages, m => Assert.StartsWith("Hello Person ", Assert.IsType<MessageContent.Text>(m.Content).Body, StringComparison.Ordinal));
        var counters = (await host.ReadAsync(execution)).Counters;
        Assert.Equal(new ExecutionCounters { Total = 1_234, Sent = 1_234, Completed = 1_234 }, counters);
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task A_run_of_several_messages_sends_them_in_order()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3);
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings(), EngineHost.Says("one", "two", "three"));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        foreach (var person in host.Sender.Messages.GroupBy(m => m.To))
        {
            Assert.Equal(["one", "two", "three"], person.Select(m => ((MessageContent.Text)m.Content).Body));
            Assert.Equal([1, 2, 3], person.Select(m => m.AttemptId.Number));
        }
    }

    [Fact]
    public async Task No_more_are_in_the_senders_hands_than_the_automation_allows()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(60);
        host.Slow(TimeSpan.FromMilliseconds(200));
        await host.StartAsync();
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 7 }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(7, host.Sender.MostActive);
        Assert.Equal(60, host.Sender.Messages.Count);
    }

    [Fact]
    public async Task A_transient_failure_is_tried_again_after_a_minute_and_a_permanent_one_is_not()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(2);
        host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(
            message.To == people[0].WhatsAppId
                ? message.AttemptId.Number < 3 ? new SendResult.Failed("131000", "Busy") : RecordingSender.Accept(message)
                : new SendResult.Rejected("131026", "Not there"));
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        // A minute, then two; jitter adds up to a tenth, and a node looks every quarter of a second.
        var tries = host.HandedOver.Where(h => h.Message.To == people[0].WhatsAppId).Select(h => h.At).ToList();
        Assert.InRange(tries[1] - tries[0], TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(66.5));
        Assert.InRange(tries[2] - tries[1], TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(132.5));
        var recipients = await host.RecipientsAsync(execution);
        Assert.Equal((RecipientStatus.Sent, 3), Facts(recipients, people[0]));
        Assert.Equal((RecipientStatus.Failed, 1), Facts(recipients, people[1]));
        await host.AssertConsistentAsync(execution);

        static (RecipientStatus Status, int Attempts) Facts(IEnumerable<Recipient> all, Contact who)
        {
            var row = all.Single(r => r.ContactId == who.Id);
            return (row.Status, row.Attempts);
        }
    }

    [Fact]
    public async Task While_paused_nothing_more_is_handed_over_and_resuming_sends_each_remaining_person_once()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(100);
        var gate = host.Hold(30);
        await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 5 }));
        await host.UntilAsync(() => host.Sender.Messages.Count == 35);

        await host.ChangeAsync(execution, ExecutionStatus.Paused);
        await host.PassAsync(TimeSpan.FromSeconds(1));
        gate.Release(1_000);
        await host.PassAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(35, host.Sender.Messages.Count);

        await host.ChangeAsync(execution, ExecutionStatus.Running);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(100, host.Sender.Messages.Count);
        Assert.Equal(100, host.Sender.Messages.Select(m => m.To).Distinct().Count());
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task A_run_cancelled_half_way_adds_up()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(100);
        var gate = host.Hold(50);
        await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 5 }));
        await host.UntilAsync(() => host.Sender.Messages.Count == 55);

        await host.ChangeAsync(execution, ExecutionStatus.Cancelled);
        await host.PassAsync(TimeSpan.FromSeconds(1));
        gate.Release(1_000);
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Open == 0);

        var counters = (await host.ReadAsync(execution)).Counters;
        Assert.Equal((55, 45, 0), (counters.Sent, counters.Cancelled, counters.Pending));
        Assert.Equal(55, host.Sender.Messages.Count);
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Who_opts_out_while_the_run_goes_on_is_skipped_with_the_reason()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(30);
        var gate = host.Hold(5);
        await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 1 }));
        await host.UntilAsync(() => host.Sender.Messages.Count == 6);

        var last = people.First(p => host.Sender.Messages.All(m => m.To != p.WhatsAppId));
        await host.Store.Contacts.UpdateAsync(EngineHost.Organization, last.Id, c => c with { OptedIn = false }, EngineHost.Cancellation);
        await host.PassAsync(TimeSpan.FromSeconds(1));
        gate.Release(1_000);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.DoesNotContain(host.Sender.Messages, m => m.To == last.WhatsAppId);
        var row = (await host.RecipientsAsync(execution)).Single(r => r.ContactId == last.Id);
        Assert.Equal((RecipientStatus.Skipped, ReasonCodes.OptedOut), (row.Status, row.ErrorCode));
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task A_lost_answer_is_in_doubt_until_its_receipt_settles_it_and_is_not_sent_again()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(1);
        host.Sender.Answer = (_, _) => throw new HttpRequestException("The connection broke.");
        var node = await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.InDoubt == 1);
        Assert.Equal(ExecutionStatus.Running, (await host.ReadAsync(execution)).Status);

        await host.ReceiveAsync(node, new InboundEvent.Receipt
        {
            ChannelId = "channel-1",
            At = host.Clock.GetUtcNow(),
            ProviderMessageId = "wamid.1",
            AttemptId = host.Sender.Messages.Single().AttemptId.ToString(),
            Status = ReceiptStatus.Delivered,
        });
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        var row = Assert.Single(await host.RecipientsAsync(execution));
        Assert.Equal((RecipientStatus.Delivered, true, "wamid.1"), (row.Status, row.FlowCompleted, row.ProviderMessageId));
        Assert.Single(host.Sender.Messages);
        await host.AssertConsistentAsync(execution);
    }

    [Theory]
    [InlineData(10, true, 31, 80)]
    [InlineData(10, false, 10, 30)]
    [InlineData(200, true, 601, 1_000)] // a write takes 500 at most
    public async Task A_crash_leaves_in_doubt_what_was_marked_ahead_which_is_more_with_quick_senders(int slots, bool quick, int least, int most)
    {
        var left = new List<int>();
        for (var dead = 1_000; dead < 2_000; dead += 73)
        {
            await using var host = new EngineHost(SenderCapabilities.None, seed: dead);
            await host.PeopleAsync(4_000);
            host.Climate.Latency = TimeSpan.FromMilliseconds(1);
            if (!quick)
            {
                host.Slow(TimeSpan.FromMilliseconds(1));
            }

            var dies = await host.StartAsync();
            var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = slots }));
            await host.UntilAsync(() => host.HandedOver.Count >= dead);
            dies.Kill();
            await host.StartAsync();
            await host.UntilAsync(execution, ExecutionStatus.Completed);

            left.Add((await host.ReadAsync(execution)).Counters.InDoubt);
        }

        Assert.True(left.Max() >= least && left.Max() <= most, string.Join(", ", left));
    }

    [Fact]
    public async Task Without_a_receipt_the_default_holds_it_in_doubt_and_the_execution_completes_around_it()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3);
        host.Sender.Answer = (message, _) => message.To.EndsWith('0')
            ? throw new HttpRequestException("The connection broke.")
            : Task.FromResult(RecordingSender.Accept(message));
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters is { InDoubt: 1, Sent: 2 });
        await host.PassAsync(TimeSpan.FromMinutes(59) + TimeSpan.FromSeconds(59));
        Assert.Equal(ExecutionStatus.Running, (await host.ReadAsync(execution)).Status);
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromSeconds(2));

        Assert.Equal(3, host.Sender.Messages.Count);
        Assert.Equal(new ExecutionCounters { Total = 3, Sent = 2, Completed = 2, InDoubt = 1 }, (await host.ReadAsync(execution)).Counters);
    }

    [Fact]
    public async Task A_sender_with_idempotent_sends_repeats_under_the_same_attempt()
    {
        await using var host = new EngineHost(SenderCapabilities.IdempotentSends);
        await host.PeopleAsync(1);
        host.Sender.Answer = (message, _) => host.HandedOver.Count == 1
            ? throw new HttpRequestException("The connection broke.")
            : Task.FromResult(RecordingSender.Accept(message));
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal([1, 1], host.Sender.Messages.Select(m => m.AttemptId.Number));
    }

    [Fact]
    public async Task A_throttled_channel_rests_and_the_throttle_counts_no_attempt()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(20);
        host.Sender.Answer = (message, _) => Task.FromResult(
            host.HandedOver.Count == 1 ? new SendResult.Throttled("130429", TimeSpan.FromSeconds(30)) : RecordingSender.Accept(message));
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 1, MaxRetries = 0 }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        // Who was marked already goes; everybody else waits.
        var first = host.HandedOver[0].At;
        Assert.InRange(host.HandedOver.Count(h => h.At < first + TimeSpan.FromSeconds(30)), 1, 3);
        Assert.Equal(20, (await host.ReadAsync(execution)).Counters.Sent);
        Assert.All(await host.RecipientsAsync(execution), r => Assert.Equal(1, r.Attempts));
    }

    [Fact]
    public async Task A_throttle_that_one_node_hears_rests_the_channel_for_all_within_a_second()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3_000);
        var told = DateTimeOffset.MaxValue;
        host.Sender.Answer = async (message, _) =>
        {
            await host.World.PauseAsync(null, TimeSpan.FromMilliseconds(20));
            if (host.HandedOver.Count < 1_000 || told != DateTimeOffset.MaxValue)
            {
                return RecordingSender.Accept(message);
            }

            told = host.Clock.GetUtcNow();
            return new SendResult.Throttled("130429", TimeSpan.FromSeconds(30));
        };
        await host.StartAsync(o => o.Node.MaxConcurrency = 5);
        await host.StartAsync(o => o.Node.MaxConcurrency = 5);

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 10 }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(2, host.HandedOver.Where(h => h.At < told).Select(h => h.Node).Distinct().Count());
        Assert.DoesNotContain(host.HandedOver, h => h.At > told.AddSeconds(1) && h.At < told.AddSeconds(30));
        Assert.Equal(3_000, (await host.ReadAsync(execution)).Counters.Sent);
    }

    [Fact]
    public async Task A_repetition_that_is_throttled_gives_no_cap_back_while_the_first_time_is_in_doubt()
    {
        await using var host = new EngineHost(SenderCapabilities.IdempotentSends);
        await host.PeopleAsync(1);
        host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(host.HandedOver.Count switch
        {
            1 => new SendResult.InDoubt("The connection broke."),
            2 => new SendResult.Throttled("130429", TimeSpan.FromMinutes(5)),
            _ => RecordingSender.Accept(message),
        });
        await host.StartAsync();

        var cap = new FrequencyCap(1, TimeSpan.FromHours(1));
        var first = await host.BeginAsync(EngineHost.Settings(s => s with { FrequencyCap = cap }));
        await host.UntilAsync(() => host.HandedOver.Count == 2);
        await host.BeginAsync(EngineHost.Settings(s => s with { FrequencyCap = cap }));
        await host.UntilAsync(() => host.HandedOver.Count == 4, TimeSpan.FromHours(3));

        Assert.Equal([1, 1, 1, 2], host.HandedOver.Select(h => h.Message.AttemptId.Recipient.ExecutionNumber));
        Assert.True(host.HandedOver[3].At - host.HandedOver[0].At >= TimeSpan.FromHours(1));
        Assert.Equal(1, (await host.ReadAsync(first)).Counters.Sent);
    }

    [Fact]
    public async Task An_opt_out_counts_for_those_who_were_claimed_long_before_it()
    {
        await using var host = new EngineHost(perSecond: 1);
        await host.PeopleAsync(200);
        var node = await host.StartAsync(o => o.Node.LeaseDuration = TimeSpan.FromSeconds(3));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 200 }));
        await host.UntilAsync(() => host.HandedOver.Count == 20);

        var last = (await host.RecipientsAsync(execution))[^1].ContactId;
        await host.AskAsync<ContactService, Contact?>(node, contacts => contacts.SetOptInAsync(EngineHost.Organization, last, optedIn: false, reason: null));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(199, host.HandedOver.Count);
        Assert.Equal(ReasonCodes.OptedOut, (await host.RecipientsAsync(execution)).Single(r => r.Status == RecipientStatus.Skipped).ErrorCode);
    }

    [Fact]
    public async Task Whom_nobody_handed_over_is_not_in_doubt_after_a_host_that_would_not_wait()
    {
        await using var host = new EngineHost(capabilities: SenderCapabilities.None);
        await host.PeopleAsync(200);
        host.Hold(answers: 0);
        host.Climate.Latency = TimeSpan.FromMilliseconds(100); // so the node is in the middle of some call when its time is up
        var node = await host.StartAsync();
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 5 }));
        await host.UntilAsync(() => host.HandedOver.Count == 5);

        node.Stop(TimeSpan.FromSeconds(1));
        await host.UntilAsync(() => node.Run.IsCompleted);

        await node.Run;
        Assert.Equal(5, host.HandedOver.Count);
        Assert.Equal((5, 195), ((await host.ReadAsync(execution)).Counters.InDoubt, (await host.ReadAsync(execution)).Counters.Pending));
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task A_refused_channel_pauses_the_execution_with_the_reason_and_fails_nobody()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(200);
        host.Sender.Answer = (_, _) => Task.FromResult<SendResult>(new SendResult.ChannelRefused("190", "The token has expired."));
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 5 }));
        await host.UntilAsync(execution, ExecutionStatus.Paused);
        await host.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Contains("190", (await host.ReadAsync(execution)).StatusReason, StringComparison.Ordinal);
        Assert.Equal(new ExecutionCounters { Total = 200, Pending = 200, Open = 200 }, (await host.ReadAsync(execution)).Counters);
        host.Sender.Answer = (message, _) => Task.FromResult(RecordingSender.Accept(message));
        await host.ChangeAsync(execution, ExecutionStatus.Running);
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(200, (await host.ReadAsync(execution)).Counters.Sent);
    }

    [Fact]
    public async Task A_custom_audience_shows_why_named_people_were_not_written_to()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(5);
        await host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[0].Id, c => c with { OptedIn = false }, EngineHost.Cancellation);
        await host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[1].Id, c => c with { Blocked = true }, EngineHost.Cancellation);
        await host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[2].Id, c => c with { DeletedAt = host.Clock.GetUtcNow() }, EngineHost.Cancellation);
        var foreign = (await host.Store.Contacts.UpsertAsync("org-2", [new() { WhatsAppId = "5511977776666" }], ContactUpdateMode.Fill, false, EngineHost.Cancellation))[0].Contact;
        await host.StartAsync();

        ContactId[] named = [.. people.Select(p => p.Id), foreign.Id, people[3].Id];
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with
        {
            AudienceType = "custom",
            AudienceConfig = System.Text.Json.JsonSerializer.SerializeToElement(new { contact_ids = named.Select(n => n.Value) }),
        }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal([people[3].WhatsAppId, people[4].WhatsAppId], host.Sender.Messages.Select(m => m.To).Order(StringComparer.Ordinal));
        var reasons = (await host.RecipientsAsync(execution)).Where(r => r.Status == RecipientStatus.Skipped).ToDictionary(r => r.ContactId, r => r.ErrorCode);
        Assert.Equal(
            new List<string?> { ReasonCodes.OptedOut, ReasonCodes.Blocked, ReasonCodes.Deleted, ReasonCodes.NotFound },
            new List<string?> { reasons[people[0].Id], reasons[people[1].Id], reasons[people[2].Id], reasons[foreign.Id] });
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task A_template_opens_the_conversation_and_the_flow_goes_on_when_the_person_answers()
    {
        await using var host = new EngineHost(window: true);
        var people = await host.PeopleAsync(2);
        var node = await host.StartAsync(EngineHost.Idle);
        host.Climate.Interleaved = 0;
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with
        {
            WindowPolicy = new(WindowPolicyKind.Template, new TemplateContent { Name = "hello", Language = "pt_BR", Parameters = [new("who", "{{name}}")] }),
        }));
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Sent == 2);
        Assert.All(host.Sender.Messages, m => Assert.IsType<MessageContent.Template>(m.Content));

        await host.ReceiveAsync(node, new InboundEvent.Reply
        {
            ChannelId = "channel-1",
            At = host.Clock.GetUtcNow(),
            ProviderMessageId = "in-1",
            From = people[0].WhatsAppId,
            Text = "Oi",
        });
        await host.UntilAsync(() => host.Sender.Messages.Count == 3);
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromHours(25));

        var rows = (await host.RecipientsAsync(execution)).ToDictionary(r => r.ContactId);
        Assert.Equal((RecipientStatus.Completed, "completed"), (rows[people[0].Id].Status, rows[people[0].Id].FlowOutcome));
        Assert.Equal((RecipientStatus.Sent, "no_response"), (rows[people[1].Id].Status, rows[people[1].Id].FlowOutcome));
    }

    [Fact]
    public async Task Whose_conversation_closes_while_they_wait_for_their_rate_are_sent_the_opening()
    {
        await using var host = new EngineHost(window: true);
        var people = await host.PeopleAsync(2);
        var node = await host.StartAsync(EngineHost.Idle);
        host.Climate.Interleaved = 0;
        foreach (var person in people)
        {
            await host.ReceiveAsync(node, new InboundEvent.Reply
            {
                ChannelId = "channel-1",
                At = host.Clock.GetUtcNow(),
                ProviderMessageId = $"in-{person.WhatsAppId}",
                From = person.WhatsAppId,
                Text = "Oi",
            });
        }

        await host.PassAsync(TimeSpan.FromHours(23.5));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with
        {
            RateLimitPerHour = 1,
            WindowPolicy = new(WindowPolicyKind.Template, new TemplateContent { Name = "hello", Language = "pt_BR", Parameters = [] }),
        }));
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Sent == 2, TimeSpan.FromHours(2));

        Assert.Collection(
            host.Sender.Messages,
            first => Assert.IsType<MessageContent.Text>(first.Content),
            second => Assert.IsType<MessageContent.Template>(second.Content));
        Assert.Contains(await host.RecipientsAsync(execution), r => r is { FlowCompleted: false, WaitingReason: ReasonCodes.AwaitingReply });
    }

    [Fact]
    public async Task A_frequency_cap_counts_the_first_messages_of_automations_that_have_none()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3);
        var node = await host.StartAsync();
        await host.UntilAsync(await host.BeginAsync(EngineHost.Settings()), ExecutionStatus.Completed);
        await host.PassAsync(TimeSpan.FromMinutes(20));
        var capped = EngineHost.Settings(s => s with { FrequencyCap = new(2, TimeSpan.FromHours(1)) });
        await host.UntilAsync(await host.BeginAsync(capped), ExecutionStatus.Completed);

        var automation = await host.AutomationAsync(node, capped);
        var preview = await host.AskAsync<ExecutionPreviewer, ExecutionPreview>(node, p => p.PreviewAsync(automation, 10));
        var third = await host.BeginAsync(capped);
        await host.PassAsync(TimeSpan.FromMinutes(39));
        Assert.Equal(6, host.Sender.Messages.Count);
        Assert.All(await host.RecipientsAsync(third), r => Assert.Equal(ReasonCodes.FrequencyCap, r.WaitingReason));
        await host.UntilAsync(third, ExecutionStatus.Completed, TimeSpan.FromMinutes(2));

        // As soon as the first message of the run without a cap leaves the hour.
        Assert.Equal(9, host.Sender.Messages.Count);
        Assert.True(preview.Forecast.FinishesAt > host.HandedOver[0].At.AddMinutes(59));
    }

    [Fact]
    public async Task A_frequency_cap_makes_a_second_run_wait_until_the_first_message_leaves_the_period()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3);
        await host.StartAsync();
        var settings = EngineHost.Settings(s => s with { FrequencyCap = new(1, TimeSpan.FromHours(1)) });
        await host.UntilAsync(await host.BeginAsync(settings), ExecutionStatus.Completed);

        var second = await host.BeginAsync(settings);
        await host.PassAsync(TimeSpan.FromMinutes(59));
        Assert.Equal(3, host.Sender.Messages.Count);
        Assert.All(await host.RecipientsAsync(second), r => Assert.Equal(ReasonCodes.FrequencyCap, r.WaitingReason));
        await host.UntilAsync(second, ExecutionStatus.Completed, TimeSpan.FromMinutes(2));

        Assert.Equal(6, host.Sender.Messages.Count);
    }
}
