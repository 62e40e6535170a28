using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Tracking;

namespace FlowDispatch.Redis.Tests;

/// <summary>Somebody is erased between what a write was decided on and the write.</summary>
public sealed class ErasureRaceTests : LookedIntoTest
{
    [Fact]
    public async Task A_reply_of_somebody_erased_meanwhile_is_decided_on_anew()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 2, Cancellation);
        var lease = (await Store.Claims.LeaseAsync(execution.Number, "node", 5, TimeSpan.FromMinutes(1), Cancellation))!;
        var items = await Store.Claims.ClaimAsync(lease, 10, cancellationToken: Cancellation);
        Assert.True(await Store.Claims.CommitAsync(lease, new() { Number = 1, Changes = [.. items.Select(Accepted)] }, Cancellation));
        var id = items[1].Recipient.Id;
        await using var other = Another(Clock);
        var numbers = new List<string>();

        await Store.Recipients.TransitionAsync([new(id, situation =>
        {
            numbers.Add(situation.Recipient.PhoneNumber);
            if (numbers.Count == 1)
            {
                Now(() => other.Retention.EraseRecipientsAsync([id], Cancellation));
            }

            return TrackingRules.Reply(situation, Some.Reply(Clock, "Hello"), optedOut: false, Clock.GetUtcNow());
        })], [], Cancellation);

        Assert.Equal([items[1].Recipient.PhoneNumber, ""], numbers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_number_that_was_somebodys_who_is_erased_meanwhile_stays_opted_out(bool others)
    {
        var people = await Store.Contacts.UpsertAsync(Some.Organization, [.. Enumerable.Range(0, 3).Select(Some.Upsert)], ContactUpdateMode.Fill, revive: false, Cancellation);
        await Store.Contacts.UpdateAsync(Some.Organization, people[0].Contact.Id, c => c with { OptedIn = false, OptReason = "STOP" }, Cancellation);
        Assert.True(!others || await Store.Retention.EraseContactAsync(Some.Organization, people[2].Contact.Id, Cancellation));
        var time = new InterruptedTime(Clock);
        await using var other = Another(time);

        // The clock is asked after what is kept of the number was read.
        time.Next = () => Now(() => Store.Retention.EraseContactAsync(Some.Organization, people[0].Contact.Id, Cancellation));
        var changed = (await other.Contacts.UpdateAsync(Some.Organization, people[1].Contact.Id, c => c with { WhatsAppId = Some.Number(0) }, Cancellation))!;

        Assert.Equal((Some.Number(0), false), (changed.WhatsAppId, changed.OptedIn));
        Assert.Equal(changed, Assert.Single(await Store.Contacts.FindAsync(Some.Organization, [changed.Id], Cancellation)), (one, two) => Some.Text(one) == Some.Text(two));
    }

    private RedisStore Another(TimeProvider time) => new(new() { Configuration = Redis.Configuration, KeyPrefix = Prefix }, time);

    private ClaimedChange Accepted(WorkItem item) =>
        new(item.Recipient, row => RecipientRules.Accept(row, 1, $"wamid.{row.Id.Ordinal}", Clock.GetUtcNow(), Some.End));

    private static void Now<T>(Func<Task<T>> call) => Task.Run(call).Wait(TimeSpan.FromSeconds(20));

    private sealed class InterruptedTime(TimeProvider time) : TimeProvider
    {
        public Action? Next { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            var next = Next;
            Next = null;
            next?.Invoke();
            return time.GetUtcNow();
        }
    }
}
