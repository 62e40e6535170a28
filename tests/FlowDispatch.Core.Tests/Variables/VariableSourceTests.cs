using FlowDispatch.Automations;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Variables;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Variables;

/// <summary>A host's own variables: asked together, once a person, and frozen.</summary>
public sealed class VariableSourceTests
{
    [Fact]
    public async Task Everybody_is_asked_for_once_a_batch_and_gets_what_was_given()
    {
        await using var run = new CouponRun();
        await run.StartAsync();
        await run.Host.PeopleAsync(2_500);

        var execution = await run.BeginAsync();
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal([1_000, 1_000, 500], run.Book.Asked.Select(r => r.People.Count));
        Assert.All(run.Book.Asked, r => Assert.Equal((EngineHost.Organization, execution.AutomationId, execution.Id, false), (r.OrganizationId, r.AutomationId, r.ExecutionId, r.TestMode)));
        var rows = await run.Host.RecipientsAsync(execution);
        Assert.All(rows, r => Assert.Equal($"C{run.Book.Given[CouponRun.KeyOf(r)]}", r.Variables["code"]));
        Assert.Equal(2_500, run.Texts.Distinct(StringComparer.Ordinal).Count());
        Assert.All(run.Texts, t => Assert.Matches("^Person [0-9]+: C[0-9]+$", t));
    }

    [Fact]
    public async Task A_source_that_no_template_reads_is_not_asked()
    {
        await using var run = new CouponRun();
        await run.StartAsync();
        await run.Host.PeopleAsync(3);

        var execution = await run.BeginAsync(CouponRun.Settings(code: "10%"));
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Empty(run.Book.Asked);
        Assert.False((await run.Host.ReadAsync(execution)).OwesReturns);
    }

    [Fact]
    public async Task Nobody_is_asked_for_who_will_not_be_sent_to_anyway()
    {
        await using var run = new CouponRun();
        await run.StartAsync();
        var people = await run.Host.PeopleAsync(4);
        await run.Host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[0].Id, c => c with { OptedIn = false }, EngineHost.Cancellation);
        await run.Host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[1].Id, c => c with { Name = null }, EngineHost.Cancellation);

        var execution = await run.BeginAsync(CouponRun.Settings(s => EngineHost.SettingsFor(people, _ => s with { MissingVariablePolicy = MissingVariablePolicy.Skip })));
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(people.Skip(2).Select(p => p.Id), Assert.Single(run.Book.Asked).People.Select(p => p.Contact.Id));
        Assert.Equal(
            [ReasonCodes.OptedOut, ReasonCodes.MissingVariable, null, null],
            (await run.Host.RecipientsAsync(execution)).Select(r => r.ErrorCode));
    }

    [Fact]
    public async Task Whom_a_source_has_nothing_for_lacks_the_value()
    {
        await using var run = new CouponRun();
        run.Book.Answer = (_, code) => code == 2 ? null : new Dictionary<string, object?> { ["code"] = code };
        await run.StartAsync();
        await run.Host.PeopleAsync(3);

        var execution = await run.BeginAsync(CouponRun.Settings(s => s with { MissingVariablePolicy = MissingVariablePolicy.Skip }));
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);

        var skipped = Assert.Single(await run.Host.RecipientsAsync(execution), r => r.Status == RecipientStatus.Skipped);
        Assert.Equal((ReasonCodes.MissingVariable, "This person has no value for coupon.code."), (skipped.ErrorCode, skipped.ErrorMessage));
    }

    [Fact]
    public async Task What_a_source_gives_is_data_and_never_too_much()
    {
        await using var run = new CouponRun();
        var endless = new List<object?>();
        endless.Add(endless);
        run.Book.Answer = (_, code) => new Dictionary<string, object?>
        {
            ["code"] = code switch { 1 => "{{ name }} {% raw %}", 2 => new string('x', 65_537), 3 => endless, _ => new Dictionary<string, object?> { ["a"] = 1.50m } },
        };
        await run.StartAsync();
        await run.Host.PeopleAsync(4);

        var execution = await run.BeginAsync();
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(["{\"a\":1.50}", "{{ name }} {% raw %}"], run.Texts.Select(t => t[10..]).Order(StringComparer.Ordinal));
        Assert.All(
            (await run.Host.RecipientsAsync(execution)).Where(r => r.Status == RecipientStatus.Failed),
            r => Assert.Equal((ReasonCodes.TemplateError, "The values of \"coupon\" for this person are larger than 65,536 characters."), (r.ErrorCode, r.ErrorMessage)));
        Assert.Equal(2, (await run.Host.ReadAsync(execution)).Counters.Failed);
    }

    [Fact]
    public async Task A_test_run_is_told_apart_and_a_repair_asks_anew()
    {
        await using var run = new CouponRun();
        var node = await run.StartAsync();
        var people = await run.Host.PeopleAsync(2);
        run.Host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(new SendResult.Rejected("131026", "No."));
        var settings = CouponRun.Settings(s => EngineHost.SettingsFor(people, _ => s));
        var automation = await run.Host.AutomationAsync(node, settings);
        var test = await run.Host.LaunchAsync(node, automation, new() { TestMode = true, TestContactIds = [people[0].Id] });
        Assert.Equal(["coupon"], test.Snapshot.VariableSources);
        await run.Host.UntilAsync(test, ExecutionStatus.Completed);
        Assert.True(Assert.Single(run.Book.Asked).TestMode);

        var first = await run.Host.LaunchAsync(node, automation);
        await run.Host.UntilAsync(first, ExecutionStatus.Completed);
        var repair = (await run.Host.AskAsync<ExecutionRepairer, ExecutionCreation?>(
            node, r => r.RepairAsync(EngineHost.Organization, first.Id, new RepairRequest(), cancellationToken: EngineHost.Cancellation)))!.Execution!;
        await run.Host.UntilAsync(repair, ExecutionStatus.Completed);

        Assert.Equal(["C2", "C3"], await run.CodesAsync(first));
        Assert.Equal(["C4", "C5"], await run.CodesAsync(repair));
    }

    [Theory]
    [InlineData("contact", "is a root that templates have already")]
    [InlineData("row", "is a root that templates have already")]
    [InlineData("event", "is a root that templates have already")]
    [InlineData("automation", "is a root that templates have already")]
    [InlineData("execution", "is a root that templates have already")]
    [InlineData("channel", "is a root that templates have already")]
    [InlineData("coupon", "is registered as \"coupon\" already")]
    [InlineData("Coupon", "can't name a variable source")]
    [InlineData("coupon.code", "can't name a variable source")]
    [InlineData("1st", "can't name a variable source")]
    [InlineData("empty", "can't name a variable source")]
    public void A_name_that_templates_could_not_tell_apart_is_refused(string name, string why)
    {
        var builder = new ServiceCollection().AddFlowDispatch().AddVariables<CouponSource>("coupon").AddVariables<CouponSource>("voucher");

        var refused = Assert.Throws<ArgumentException>(() => builder.AddVariables<CouponSource>(name));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_timeout_out_of_range_is_refused_at_the_start()
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseInMemory();
        services.Configure<VariableSourceOptions>(o => o.Timeout = TimeSpan.Zero);
        using var provider = services.BuildServiceProvider();

        var refused = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
            () => provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<VariableSourceOptions>>().Value);

        Assert.Equal("VariableSourceOptions.Timeout is 00:00:00; it must be from 00:00:00.1000000 to 00:10:00.", refused.Message);
    }
}
