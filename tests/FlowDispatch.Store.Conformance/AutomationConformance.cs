using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Executions;

namespace FlowDispatch.Store.Conformance;

/// <summary>Automations, and the answers kept under the keys of the requests that made them.</summary>
public abstract class AutomationConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Everything_of_an_automation_survives()
    {
        var settings = Some.Settings() with
        {
            Name = "Páscoa \"2026\" 🐣",
            Description = "línea\nzwei",
            ChatbotId = "bot-7",
            TriggerType = "manual",
            TriggerConfig = JsonElement.Parse("""{"a":[1,2.50,null]}"""),
            AudienceType = "uploaded",
            AudienceConfig = JsonElement.Parse("""{"upload_id":"x","é":"ü"}"""),
            VariableMapping = new Dictionary<string, JsonElement> { ["nome"] = JsonElement.Parse("\"{{ contact.name | upcase }}\""), ["n"] = JsonElement.Parse("12") },
            MaxConcurrentExecutions = 7,
            RateLimitPerHour = null,
            RetryFailed = false,
            MaxRetries = 9,
            Window = new(new(22, 0), new(6, 30, 15)),
            ExecutionTimeZone = "Europe/Lisbon",
            WindowTimeZoneMode = WindowTimeZoneMode.Recipient,
            UnknownTimeZone = UnknownTimeZonePolicy.Skip,
            RespectOptOut = false,
            Priority = -3,
            WindowPolicy = new(WindowPolicyKind.Template, new() { Name = "olá", Language = "pt_BR", Parameters = [new("nome", "{{ nome }}")] }),
            MissingVariablePolicy = MissingVariablePolicy.Fail,
            ExpiresAfter = TimeSpan.FromHours(26.5),
            FrequencyCap = new(2, TimeSpan.FromDays(7)),
            ErrorBudget = new(12.5, 40),
            OverlapPolicy = OverlapPolicy.Skip,
        };
        var automation = await CreateAsync(settings);

        await ReopenAsync();

        Assert.Equal(Some.Text(automation), Some.Text(await FindAsync(automation)));
    }

    [Fact]
    public async Task A_change_is_kept_and_one_that_throws_is_not()
    {
        var automation = await CreateAsync(Some.Settings());
        Clock.Advance(TimeSpan.FromSeconds(1));

        var changed = await Store.Automations.UpdateAsync(
            Some.Organization, automation.Id, a => a with { Status = AutomationStatus.Paused, UpdatedAt = Now, Settings = a.Settings with { Name = "Autumn" } }, Cancellation);
        await Assert.ThrowsAsync<FormatException>(
            () => Store.Automations.UpdateAsync(Some.Organization, automation.Id, _ => throw new FormatException(), Cancellation));

        Assert.Equal(Some.Text(changed), Some.Text(await FindAsync(automation)));
        Assert.Equal((AutomationStatus.Paused, "Autumn", Now), (changed!.Status, changed.Settings.Name, changed.UpdatedAt));
        Assert.Null(await Store.Automations.UpdateAsync(Some.Organization, AutomationId.New(Clock), a => a, Cancellation));
    }

    [Fact]
    public async Task Eight_changes_at_once_are_made_one_after_the_other()
    {
        var automation = await CreateAsync(Some.Settings() with { Priority = 0 });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Store.Automations.UpdateAsync(
                Some.Organization, automation.Id, a => a with { Settings = a.Settings with { Priority = a.Settings.Priority + 1 } }, Cancellation),
            Cancellation)));

        Assert.Equal(8, (await FindAsync(automation))!.Settings.Priority);
    }

    [Fact]
    public async Task Listings_go_newest_first_and_keep_archived_ones_for_those_who_ask()
    {
        var spring = await CreateAsync(Some.Settings() with { Name = "Spring É" });
        var summer = await CreateAsync(Some.Settings() with { Name = "Summer", TriggerType = "cron" });
        var winter = await CreateAsync(Some.Settings() with { Name = "Winter" });
        await Store.Automations.ArchiveAsync(Some.Organization, winter.Id, Now, Cancellation);

        Assert.Equal([summer.Id, spring.Id], await ListAsync());
        Assert.Equal([winter.Id], await ListAsync(AutomationStatus.Archived));
        Assert.Equal([summer.Id, spring.Id], await ListAsync(AutomationStatus.Draft));
        Assert.Equal([summer.Id], await ListAsync(triggerType: "cron"));
        Assert.Equal([spring.Id], await ListAsync(text: "spring é"));
        Assert.Empty(await ListAsync(text: "winter"));

        var page = await Store.Automations.ListAsync(Some.Organization, null, null, null, new(1, 2), Cancellation);
        Assert.Equal((spring.Id, 2), (Assert.Single(page.Items).Id, page.Total));
    }

    [Theory]
    [InlineData(ExecutionStatus.Queued, false)]
    [InlineData(ExecutionStatus.Running, false)]
    [InlineData(ExecutionStatus.Paused, false)]
    [InlineData(ExecutionStatus.Completed, true)]
    [InlineData(ExecutionStatus.Cancelled, true)]
    [InlineData(ExecutionStatus.Failed, true)]
    public async Task Only_an_automation_without_an_open_execution_is_archived(ExecutionStatus status, bool archived)
    {
        var automation = await CreateAsync(Some.Settings());
        var execution = await ExecutionAsync(automation);
        await Store.Executions.UpdateAsync(Some.Organization, execution.Id, e => e with { Status = status }, Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(1));

        var answer = await Store.Automations.ArchiveAsync(Some.Organization, automation.Id, Now, Cancellation);

        Assert.Equal(archived, answer!.Status == AutomationStatus.Archived);
        Assert.Equal(Some.Text(answer), Some.Text(await FindAsync(automation)));
        Assert.Equal(archived, answer.UpdatedAt == Now);
        Assert.Null(await Store.Automations.ArchiveAsync(Some.Organization, AutomationId.New(Clock), Now, Cancellation));
    }

    [Fact]
    public async Task A_key_that_is_taken_answers_what_it_was_given_and_keeps_nothing_new()
    {
        var (first, second) = (Some.Automation(Clock), Some.Automation(Clock));
        var answer = Some.Answer(Clock, "POST /flow-automations k1") with { ResponseBody = "{\"é\":1}" };

        Assert.Null(await Store.Automations.CreateAsync(first, answer, Cancellation));
        await ReopenAsync();
        Assert.Equal(answer, await Store.Automations.CreateAsync(second, answer with { RequestHash = "other", ResponseBody = "{}" }, Cancellation));

        Assert.Null(await FindAsync(second));
        Assert.Equal(answer, await Store.Executions.FindIdempotencyAsync(Some.Organization, answer.Key, Now, Cancellation));
    }

    [Fact]
    public async Task A_key_is_the_organizations_own_and_free_again_after_a_day()
    {
        var answer = Some.Answer(Clock, "k");
        Assert.Null(await Store.Automations.CreateAsync(Some.Automation(Clock), answer, Cancellation));
        Assert.Null(await Store.Automations.CreateAsync(Some.Automation(Clock, organization: Some.OtherOrganization), answer with { StatusCode = 201 }, Cancellation));
        Assert.Equal(202, (await Store.Executions.FindIdempotencyAsync(Some.Organization, "k", Now, Cancellation))!.StatusCode);

        Clock.Advance(Storage.IdempotencyEntry.Lifetime);

        Assert.Null(await Store.Executions.FindIdempotencyAsync(Some.Organization, "k", Now, Cancellation));
        Assert.Null(await Store.Automations.CreateAsync(Some.Automation(Clock), Some.Answer(Clock, "k"), Cancellation));
    }

    [Fact]
    public async Task Eight_requests_with_one_key_make_one_automation()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => Store.Automations.CreateAsync(Some.Automation(Clock), Some.Answer(Clock, "k") with { ResponseBody = $"{i}" }, Cancellation), Cancellation)));

        Assert.Single(answers, a => a is null);
        Assert.Single(answers.OfType<Storage.IdempotencyEntry>().Select(a => a.ResponseBody).Distinct());
        Assert.Single(await ListAsync());
    }

    [Fact]
    public async Task Organizations_never_meet()
    {
        var automation = await CreateAsync(Some.Settings());

        Assert.Null(await Store.Automations.FindAsync(Some.OtherOrganization, automation.Id, Cancellation));
        Assert.Null(await Store.Automations.UpdateAsync(Some.OtherOrganization, automation.Id, a => a, Cancellation));
        Assert.Null(await Store.Automations.ArchiveAsync(Some.OtherOrganization, automation.Id, Now, Cancellation));
        Assert.Empty((await Store.Automations.ListAsync(Some.OtherOrganization, null, null, null, new(), Cancellation)).Items);
    }

    private async Task<Automation> CreateAsync(AutomationSettings settings)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return await AutomationAsync(settings);
    }

    private Task<Automation?> FindAsync(Automation automation) => Store.Automations.FindAsync(Some.Organization, automation.Id, Cancellation);

    private async Task<IEnumerable<AutomationId>> ListAsync(AutomationStatus? status = null, string? triggerType = null, string? text = null) =>
        (await Store.Automations.ListAsync(Some.Organization, status, triggerType, text, new(), Cancellation)).Items.Select(a => a.Id);
}
