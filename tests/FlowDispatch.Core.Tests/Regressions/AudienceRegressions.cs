using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Tracking;
using FlowDispatch.Uploads;
using FlowDispatch.Validation;

namespace FlowDispatch.Core.Tests.Regressions;

/// <summary>Known mistakes of the field about who is written to and how that is counted, each by its name, against the whole engine.</summary>
public sealed class AudienceRegressions
{
    // A page size, a "take 1000", a cap of 10,000: everybody behind it is never heard of.
    [Theory]
    [InlineData("all")]
    [InlineData("custom")]
    [InlineData("uploaded")]
    public async Task Nobody_is_cut_off_at_a_round_number_of_people(string audience)
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(12_345);
        var node = await host.StartAsync();
        var upload = audience == "uploaded"
            ? await host.AskAsync<UploadService, Upload>(node, u => u.ImportAsync(
                EngineHost.Organization, new StringReader("phone\n" + string.Join('\n', people.Select(p => p.WhatsAppId))), new ContactFileOptions(), ContactUpdateMode.Fill, EngineHost.Cancellation))
            : null;

        var execution = await host.BeginAsync(audience == "custom" ? EngineHost.SettingsFor(people) : EngineHost.Settings(s => s with
        {
            AudienceType = audience,
            AudienceConfig = upload is null ? s.AudienceConfig : JsonSerializer.SerializeToElement(new { upload_id = upload.Id.Value }),
        }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(new ExecutionCounters { Total = 12_345, Sent = 12_345, Completed = 12_345 }, (await host.ReadAsync(execution)).Counters);
        Assert.Equal(people.Select(p => p.WhatsAppId).Order(StringComparer.Ordinal), host.HandedOver.Select(h => h.Message.To).Order(StringComparer.Ordinal));
    }

    // A counter kept beside the rows drifts away from them with every failure, retry, skip and late receipt.
    [Fact]
    public async Task Progress_does_not_disagree_with_the_rows_at_any_moment()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(120);
        await host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[0].Id, c => c with { OptedIn = false }, EngineHost.Cancellation);
        var nodes = new[] { await host.StartAsync(Hasty), await host.StartAsync(Hasty) };
        host.Sender.Answer = async (message, _) =>
        {
            await host.World.PauseAsync(null, host.World.Between(0, 0.5));
            return host.World.Chance.Next(8) switch
            {
                0 => new SendResult.Failed("131000", "Busy."),
                1 => new SendResult.Rejected("131026", "Not there."),
                2 => new SendResult.Throttled("130429", TimeSpan.FromSeconds(1)),
                3 => new SendResult.InDoubt("No answer."),
                _ => RecordingSender.Accept(message),
            };
        };
        var execution = await host.BeginAsync(EngineHost.SettingsFor(people, s => s with { MaxConcurrentExecutions = 10, MaxRetries = 1 }));
        await host.UntilAsync(() => Agrees() && host.HandedOver.Count > 100);

        nodes[0].Kill();
        foreach (var doubtful in (await host.RecipientsAsync(execution)).Where(r => r.Status == RecipientStatus.InDoubt))
        {
            await host.ReceiveAsync(nodes[1], new InboundEvent.Receipt
            {
                ChannelId = "channel-1",
                At = host.Clock.GetUtcNow(),
                ProviderMessageId = $"late-{doubtful.Id}",
                AttemptId = new AttemptId(doubtful.Id, doubtful.Attempts).ToString(),
                Status = ReceiptStatus.Read,
            });
            Assert.True(Agrees());
        }

        await host.UntilAsync(() => Agrees() && Audit().Settled, TimeSpan.FromHours(3));
        Assert.Equal(120, Audit().Rows.Total);

        static void Hasty(FlowDispatchOptions options) => options.Node.InDoubtDeadline = options.Node.InDoubtGracePeriod;

        ExecutionAudit Audit() => host.Store.Executions.AuditAsync(EngineHost.Organization, execution.Id).GetAwaiter().GetResult()!;

        bool Agrees()
        {
            var audit = Audit();
            var rows = audit.Rows;
            Assert.Equal(rows, audit.Execution.Counters);
            Assert.Equal(rows.Total, rows.Sent + rows.Failed + rows.Skipped + rows.Cancelled + rows.Pending + rows.InDoubt);
            return audit.Consistent;
        }
    }

    // The test button that writes to everybody.
    [Fact]
    public async Task A_test_run_does_not_reach_the_real_audience()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(500);
        var node = await host.StartAsync();
        await host.StartAsync();
        var automation = await host.AutomationAsync(node, EngineHost.Settings());

        await Assert.ThrowsAsync<InvalidFieldsException>(() => host.LaunchAsync(node, automation, new() { TestMode = true }));
        var execution = await host.LaunchAsync(node, automation, new() { TestMode = true, TestContactIds = [people[7].Id, people[11].Id] });
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        await host.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal([people[7].WhatsAppId, people[11].WhatsAppId], host.HandedOver.Select(h => h.Message.To).Order(StringComparer.Ordinal));
        Assert.Equal(new ExecutionCounters { Total = 2, Sent = 2, Completed = 2 }, (await host.ReadAsync(execution)).Counters);
        Assert.Equal(default, (await host.AskAsync<AutomationService, AutomationTotals>(node, a => a.TotalAsync(automation))).Counters);
    }

    // A resume that is a start: whoever was reached is reached again.
    [Fact]
    public async Task A_resume_does_not_start_over()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(100);
        var before = await host.StartAsync();
        host.Slow(TimeSpan.FromMilliseconds(300));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 7 }), EngineHost.Says("one", "two", "three"));
        await host.UntilAsync(() => host.HandedOver.Count == 150);
        await host.AskAsync<ExecutionService, Execution?>(before, e => e.PauseAsync(EngineHost.Organization, execution.Id));
        await host.PassAsync(TimeSpan.FromSeconds(5));

        // Not even in a process that knows of the run from the store alone.
        before.Kill();
        var after = await host.StartAsync();
        await host.AskAsync<ExecutionService, Execution?>(after, e => e.ResumeAsync(EngineHost.Organization, execution.Id));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(300, host.HandedOver.Count);
        Assert.All(
            host.HandedOver.GroupBy(h => h.Message.To),
            person => Assert.Equal(["one", "two", "three"], person.Select(h => ((MessageContent.Text)h.Message.Content).Body)));
    }

    [Fact]
    public async Task A_plan_that_a_crash_broke_off_does_not_start_over()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(5_000);
        var dies = await host.StartAsync();
        host.Climate.Latency = TimeSpan.FromMilliseconds(50);
        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Total == 3_000);

        dies.Kill();
        await host.StartAsync();
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromHours(3));

        var rows = await host.RecipientsAsync(execution);
        Assert.Equal(5_000, rows.Count);
        Assert.Equal(5_000, rows.Select(r => r.ContactId).Distinct().Count());
        Assert.All(host.HandedOver.CountBy(h => h.Message.To), person => Assert.Equal(1, person.Value));
    }
}
