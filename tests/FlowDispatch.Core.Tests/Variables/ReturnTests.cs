using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.Core.Tests.Variables;

/// <summary>What was given to people who never got it goes back to its source; what anybody may have seen does not.</summary>
public sealed class ReturnTests
{
    [Fact]
    public async Task Who_is_skipped_cancelled_or_failed_before_anything_was_sent_is_told_and_nobody_else()
    {
        await using var run = new CouponRun();
        await run.StartAsync();
        var people = await run.Host.PeopleAsync(60);
        run.Book.Answer = (person, code) => new Dictionary<string, object?> { ["code"] = person.Contact.Id == people[0].Id ? null : code };
        var turn = 0;
        run.Host.Sender.Answer = (message, _) => Task.FromResult<SendResult>((turn++ % 4) switch
        {
            0 => RecordingAccept(message),
            1 => new SendResult.Rejected("131026", "Not on WhatsApp."),
            2 => new SendResult.InDoubt("No answer."),
            _ => new SendResult.Failed("500", "Later."),
        });
        var execution = await run.BeginAsync(CouponRun.Settings(s => s with { RateLimitPerHour = 3_600, MissingVariablePolicy = MissingVariablePolicy.Skip }));
        await run.Host.UntilAsync(() => run.Host.HandedOver.Count >= 20);
        foreach (var person in people.TakeLast(5))
        {
            await run.Host.Store.Contacts.UpdateAsync(EngineHost.Organization, person.Id, c => c with { OptedIn = false }, EngineHost.Cancellation);
        }

        await run.Host.PassAsync(TimeSpan.FromSeconds(5));
        await run.Host.ChangeAsync(execution, ExecutionStatus.Cancelled);
        await SettledAsync(run, execution);

        var handed = run.Host.HandedOver.Select(h => h.Message.To).ToHashSet(StringComparer.Ordinal);
        var rows = await run.Host.RecipientsAsync(execution);
        var told = run.Book.Returned.Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(rows.Where(r => !handed.Contains(r.PhoneNumber)).Select(CouponRun.KeyOf).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.Equal(handed.Count, run.Book.Given.Count);
        Assert.Contains(rows, r => told.Contains(CouponRun.KeyOf(r)) && r.ErrorCode == ReasonCodes.MissingVariable);
        Assert.Contains(rows, r => told.Contains(CouponRun.KeyOf(r)) && r.Status == RecipientStatus.Cancelled);
    }

    [Fact]
    public async Task Who_opts_out_after_planning_gives_back_when_the_run_has_ended_and_what_came_back_is_given_again()
    {
        await using var run = new CouponRun();
        await run.StartAsync();
        var people = await run.Host.PeopleAsync(4);
        var held = run.Host.Hold(1);
        var execution = await run.BeginAsync(CouponRun.Settings(s => EngineHost.SettingsFor(people, _ => s with { MaxConcurrentExecutions = 1 })));
        await run.Host.UntilAsync(() => run.Host.HandedOver.Count == 2);
        await run.Host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[3].Id, c => c with { OptedIn = false }, EngineHost.Cancellation);
        await run.Host.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(run.Book.Returned);

        held.Release(10);
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);
        await SettledAsync(run, execution);
        Assert.Equal([people[3].Id], run.Book.Returned.Select(r => r.ContactId));

        await run.Host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[3].Id, c => c with { OptedIn = true }, EngineHost.Cancellation);
        var next = await run.BeginAsync(CouponRun.Settings(s => EngineHost.SettingsFor([people[3]], _ => s)));
        await run.Host.UntilAsync(next, ExecutionStatus.Completed);
        Assert.Equal([(await run.CodesAsync(execution))[3]], await run.CodesAsync(next));
    }

    [Fact]
    public async Task Who_expires_gives_back_in_batches_and_a_node_that_dies_in_between_is_made_up_for()
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(2_200);
        var doomed = await run.StartAsync();
        run.Book.BeforeReturn = (returned, _) =>
        {
            Assert.InRange(returned.People.Count, 1, 1_000);
            if (run.Book.Returned.Count == 1_000)
            {
                doomed.Kill();
                run.Book.BeforeReturn = null;
                return new TaskCompletionSource().Task;
            }

            return Task.CompletedTask;
        };
        var execution = await run.BeginAsync(CouponRun.Settings(s => s with { RateLimitPerHour = 60, ExpiresAfter = TimeSpan.FromMinutes(10) }));
        await run.Host.UntilAsync(() => !doomed.Alive);
        Assert.True((await run.Host.ReadAsync(execution)).OwesReturns);

        await run.StartAsync();
        await run.StartAsync();
        await SettledAsync(run, execution);

        var skipped = (await run.Host.RecipientsAsync(execution)).Where(r => r.Status == RecipientStatus.Skipped).Select(CouponRun.KeyOf).ToHashSet(StringComparer.Ordinal);
        Assert.True(skipped.Count > 2_100);
        Assert.True(skipped.SetEquals(run.Book.Returned.Select(r => r.Key)));
        Assert.Equal(2_200 - skipped.Count, run.Book.Given.Count);
    }

    [Fact]
    public async Task A_source_that_will_not_take_back_is_told_again_until_it_does()
    {
        await using var run = new CouponRun();
        await run.Host.PeopleAsync(3);
        var refusals = 0;
        run.Book.BeforeReturn = (_, _) => ++refusals < 3 ? throw new InvalidOperationException("No.") : Task.CompletedTask;
        await run.StartAsync();
        var execution = await run.BeginAsync(CouponRun.Settings(s => s with { Window = null, ExpiresAfter = TimeSpan.FromSeconds(1), RateLimitPerHour = 60 }));

        await SettledAsync(run, execution);

        Assert.Equal(3, refusals);
        Assert.Equal(2, run.Book.Returned.Count);
    }

    [Fact]
    public async Task A_failed_execution_gives_nothing_back_because_it_can_be_resumed()
    {
        await using var run = new CouponRun();
        await run.StartAsync();
        await run.Host.PeopleAsync(5);
        var held = run.Host.Hold(0);
        var execution = await run.BeginAsync(CouponRun.Settings(s => s with { MaxConcurrentExecutions = 1 }));
        await run.Host.UntilAsync(() => run.Host.HandedOver.Count == 1);
        await run.Host.ChangeAsync(execution, ExecutionStatus.Failed);
        held.Release(10);

        await run.Host.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(run.Book.Returned);
        Assert.Equal(5, run.Book.Given.Count);
        await run.Host.ChangeAsync(execution, ExecutionStatus.Running);
        await run.Host.UntilAsync(execution, ExecutionStatus.Completed);

        await SettledAsync(run, execution);
        Assert.Empty(run.Book.Returned);
        Assert.Equal(5, (await run.Host.ReadAsync(execution)).Counters.Sent);
    }

    [Fact]
    public async Task Somebody_whom_an_audience_names_again_later_keeps_what_they_have()
    {
        await using var run = new CouponRun();
        var people = await run.Host.PeopleAsync(1_100);
        var registered = run.Host.Register!;
        run.Host.Register = builder =>
        {
            registered(builder);
            builder.Services.AddKeyedSingleton<IAudience>("twice", new NamesAgain(people));
        };

        // By the second time the person lacks a name, and would be skipped.
        run.Book.Before = async (request, _) =>
        {
            if (request.People.Count == 1_000)
            {
                await run.Host.Store.Contacts.UpdateAsync(EngineHost.Organization, people[0].Id, c => c with { Name = null }, EngineHost.Cancellation);
            }
        };
        await run.StartAsync();

        var execution = await run.BeginAsync(CouponRun.Settings(s => s with { AudienceType = "twice", MissingVariablePolicy = MissingVariablePolicy.Skip }, "{{ coupon.code }} {{ contact.name }}"));
        await SettledAsync(run, execution);

        Assert.Empty(run.Book.Returned);
        Assert.Equal((1_100, 0), ((await run.Host.ReadAsync(execution)).Counters.Sent, (await run.Host.ReadAsync(execution)).Counters.Skipped));
        Assert.Equal(1_100, run.Book.Given.Count);
    }

    /// <summary>Everybody, and then the first one again.</summary>
    private sealed class NamesAgain(IReadOnlyList<Contact> people) : IAudience
    {
        public Task<IReadOnlyList<AudienceProblem>> ValidateAsync(string organizationId, JsonElement config, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<AudienceProblem>>([]);

        public async IAsyncEnumerable<AudienceMember> StreamAsync(AudienceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var person in people.Append(people[0]))
            {
                yield return AudienceMember.Of(person.Id, person.WhatsAppId);
            }

            await Task.CompletedTask;
        }
    }

    private static SendResult.Accepted RecordingAccept(OutgoingMessage message) => new SendResult.Accepted($"wamid.{message.AttemptId}");

    private static Task SettledAsync(CouponRun run, Execution execution) => run.Host.UntilAsync(
        async () => await run.Host.ReadAsync(execution) is { OwesReturns: false, Status: ExecutionStatus.Completed or ExecutionStatus.Cancelled }, TimeSpan.FromHours(2));
}
