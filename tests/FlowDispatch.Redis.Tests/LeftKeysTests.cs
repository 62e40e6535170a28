using System.Text;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Retention;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

/// <summary>What is left in Redis of an execution that was pruned and of a person who was erased, and what a process leaves that dies while it prunes.</summary>
public sealed class LeftKeysTests : LookedIntoTest
{
    [Fact]
    public async Task Of_a_pruned_execution_no_key_is_left_and_nothing_leads_to_it()
    {
        var (_, execution) = await ForgottenPerson.AppearAsync(Store, Clock, Cancellation);
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.NotEmpty(Keys($"{{{execution.Number}}}:*"));

        Assert.Equal(new PruneResult(1, 31), await PruneAsync());

        Assert.Empty(Keys($"{{{execution.Number}}}:*"));
        Assert.Empty(Keys($"{{x:{execution.Id}}}:*"));
        Assert.Empty(Keys($"{{c:{Some.Channel}}}:messages"));
        Assert.Empty(Keys($"{{c:{Some.Channel}}}:latest"));
        foreach (var name in (string[])["open", "ended", "pruning", "doubtful"])
        {
            Assert.Empty(Keys($"{{shared}}:{name}"));
        }

        Assert.Equal(31, (await SumAsync(execution)).Counters.Sent);
    }

    [Fact]
    public async Task Of_one_that_was_cancelled_while_it_was_planned_nothing_is_left_either()
    {
        var people = await Store.Contacts.UpsertAsync(Some.Organization, [.. Enumerable.Range(0, 40).Select(Some.Upsert)], ContactUpdateMode.Fill, revive: false, Cancellation);
        var automation = Some.Automation(Clock);
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        var execution = (await Store.Executions.CreateAsync(Some.Execution(Clock, automation), cancellationToken: Cancellation)).Execution!;
        var lease = (await Store.Executions.LeasePlanAsync("planner", TimeSpan.FromMinutes(1), Cancellation))!;
        Assert.True(await Store.Executions.AppendPlanAsync(
            lease, new() { Recipients = [.. people.Select(p => Some.Planned(p.Contact))], Position = null, Finished = false, SliceSize = 10, At = Clock.GetUtcNow() }, Cancellation));
        await Store.Executions.UpdateAsync(
            Some.Organization, execution.Id, e => e with { Status = ExecutionStatus.Cancelled, CompletedAt = Clock.GetUtcNow() }, Cancellation);
        Assert.Equal(40, await Store.Claims.CancelOpenAsync(execution.Number, 100, Cancellation));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.NotEmpty(Keys($"{{c:{Some.Channel}}}:*"));

        Assert.Equal(new PruneResult(1, 40), await PruneAsync());

        Assert.Empty(Keys($"{{{execution.Number}}}:*"));
        Assert.Empty(Keys($"{{c:{Some.Channel}}}:*"));
    }

    [Fact]
    public async Task Of_an_erased_person_no_value_of_any_key_tells()
    {
        var (person, _) = await ForgottenPerson.AppearAsync(Store, Clock, Cancellation);
        Assert.Equal(ForgottenPerson.Traces, ForgottenPerson.Traces.Intersect(await TracesAsync()));

        var erasure = await ForgottenPerson.AskAsync(Store, Clock, r => r.EraseContactAsync(Some.Organization, person.Id, Cancellation));

        Assert.Equal(new ContactErasure(1, 0), erasure);
        Assert.Empty(await TracesAsync());
    }

    [Fact]
    public async Task One_that_was_marked_and_counted_nowhere_yet_is_gone_counts_once_and_is_finished_by_the_next()
    {
        var (_, execution) = await ForgottenPerson.AppearAsync(Store, Clock, Cancellation);
        var before = await SumAsync(execution);
        Clock.Advance(TimeSpan.FromDays(2));
        var database = Redis.GetDatabase();
        await database.SortedSetAddAsync($"{Prefix}{{shared}}:pruning", execution.Number, execution.Number);
        await database.HashSetAsync($"{Prefix}{{{execution.Number}}}:h", "pruned", 0);

        Assert.Null(await Store.Executions.FindAsync(Some.Organization, execution.Id, Cancellation));
        Assert.Empty((await Store.Executions.ListAsync(Some.Organization, null, new(), Cancellation)).Items);
        Assert.Equal(before, await SumAsync(execution));

        Assert.Equal(new PruneResult(0, 31), await PruneAsync());
        Assert.Equal(before, await SumAsync(execution));
        Assert.Empty(Keys($"{{{execution.Number}}}:*"));
    }

    [Fact]
    public async Task One_whose_name_alone_was_noted_stays_as_it_was()
    {
        var (_, execution) = await ForgottenPerson.AppearAsync(Store, Clock, Cancellation);
        await Redis.GetDatabase().SortedSetAddAsync($"{Prefix}{{shared}}:pruning", execution.Number, execution.Number);

        Assert.Equal(new PruneResult(0, 0), await PruneAsync());

        Assert.NotNull(await Store.Executions.FindAsync(Some.Organization, execution.Id, Cancellation));
        Assert.Empty(Keys("{shared}:pruning"));
    }

    [Fact]
    public async Task Another_process_that_remembers_the_execution_finds_it_gone_too()
    {
        var (_, execution) = await ForgottenPerson.AppearAsync(Store, Clock, Cancellation);
        await using var other = new RedisStore(new() { Configuration = (await SharedServers.Single).Configuration, KeyPrefix = Prefix }, Clock);
        var row = (await other.Recipients.ListAsync(Some.Organization, execution.Id, RecipientFilter.All, new(1), Cancellation)).Items[0];
        Clock.Advance(TimeSpan.FromDays(2));
        await Store.Retention.PruneAsync(Clock.GetUtcNow(), null, 25, Cancellation);

        await GoneAsync();
        await PruneAsync();
        await GoneAsync();

        async Task GoneAsync()
        {
            Assert.Null(await other.Executions.FindByNumberAsync(execution.Number, Cancellation));
            Assert.Null(await other.Recipients.FindAsync(Some.Organization, row.Id, Cancellation));
            Assert.Null(await other.Executions.UpdateAsync(Some.Organization, execution.Id, e => e with { StatusReason = "?" }, Cancellation));
            Assert.Equal(0, await other.Recipients.TransitionAsync([new(row.Id, s => new() { After = s.Recipient })], [], Cancellation));
            Assert.Empty(await other.Recipients.FindByMessageAsync(Some.Channel, [row.ProviderMessageId!], Cancellation));
        }
    }

    private List<RedisKey> Keys(string pattern) => [.. Redis.GetServers()[0].Keys(pattern: Prefix + pattern)];

    private Task<PruneResult> PruneAsync() =>
        ForgottenPerson.AskAsync(Store, Clock, r => r.PruneExecutionsAsync(TimeSpan.FromDays(1), cancellationToken: Cancellation));

    private Task<AutomationTotals> SumAsync(Execution execution) => Store.Executions.SumAsync(execution.OrganizationId, execution.AutomationId, Cancellation);

    private async Task<List<string>> TracesAsync()
    {
        var database = Redis.GetDatabase();
        var found = new HashSet<string>();
        foreach (var key in Keys("*"))
        {
            var values = await database.KeyTypeAsync(key) switch
            {
                RedisType.Hash => (await database.HashGetAllAsync(key)).SelectMany(e => new[] { e.Name, e.Value }),
                RedisType.Set => await database.SetMembersAsync(key),
                RedisType.SortedSet => await database.SortedSetRangeByRankAsync(key),
                _ => [await database.StringGetAsync(key)],
            };
            var text = string.Join('\n', values.Select(v => Encoding.UTF8.GetString((byte[])v!)).Append(key.ToString()));
            found.UnionWith(ForgottenPerson.Traces.Where(t => text.Contains(t, StringComparison.Ordinal)));
        }

        return [.. found];
    }
}
