using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Redis.Tests;

/// <summary>A running execution over new people, for tests that have a server of their own.</summary>
internal static class Arrange
{
    public static async Task<Execution> RunningAsync(IStore store, TimeProvider time, int recipients, CancellationToken cancellationToken)
    {
        var automation = Some.Automation(time, null, Some.Organization);
        await store.Automations.CreateAsync(automation, cancellationToken: cancellationToken);
        var execution = (await store.Executions.CreateAsync(Some.Execution(time, automation), cancellationToken: cancellationToken)).Execution!;
        var lease = await store.Executions.LeasePlanAsync("planner", TimeSpan.FromMinutes(5), cancellationToken);
        foreach (var chunk in Enumerable.Range(0, recipients).Select(Some.Upsert).Chunk(1_000))
        {
            var people = await store.Contacts.UpsertAsync(Some.Organization, chunk, ContactUpdateMode.Fill, revive: false, cancellationToken);
            Assert.True(await store.Executions.AppendPlanAsync(lease!, Batch([.. people.Select(p => Some.Planned(p.Contact))], finished: false), cancellationToken));
        }

        Assert.True(await store.Executions.AppendPlanAsync(lease!, Batch([], finished: true), cancellationToken));
        return (await store.Executions.FindAsync(Some.Organization, execution.Id, cancellationToken))!;

        PlanBatch Batch(IReadOnlyList<PlannedRecipient> planned, bool finished) =>
            new() { Recipients = planned, Position = null, SliceSize = 500, Finished = finished, At = time.GetUtcNow() };
    }
}
