using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Redis.Tests;

public sealed class ChannelIndexTests : LookedIntoTest
{
    [Fact]
    public async Task A_message_is_found_whose_id_another_change_of_the_same_commit_replaced()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 1, Cancellation);
        var lease = (await Store.Claims.LeaseAsync(execution.Number, "node", 1, TimeSpan.FromMinutes(1), Cancellation))!;
        var row = Assert.Single(await Store.Claims.ClaimAsync(lease, 1, cancellationToken: Cancellation)).Recipient;

        Assert.True(await Store.Claims.CommitAsync(lease, new() { Number = 1, Changes = [Accepted(1), Accepted(2)] }, Cancellation));

        var found = await Store.Recipients.FindByMessageAsync(Some.Channel, ["wamid.1", "wamid.2"], Cancellation);
        Assert.Equal([row.Id, row.Id], found.Values.Select(f => f.Id));

        ClaimedChange Accepted(int attempt) =>
            new(row, r => RecipientRules.Accept(r, attempt, $"wamid.{attempt}", Clock.GetUtcNow(), attempt == 1 ? new RunStep.Send("offer") : Some.End));
    }
}
