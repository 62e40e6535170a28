using FlowDispatch.Storage;

namespace FlowDispatch.Redis.Tests;

/// <summary>Redis lost its last writes, as in a failover: what it had acknowledged is taken back by hand.</summary>
public sealed class LostWriteTests : LookedIntoTest
{
    [Fact]
    public async Task A_lease_whose_last_commit_was_lost_is_given_up()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 30, Cancellation);
        var lease = (await Store.Claims.LeaseAsync(execution.Number, "node", 10, TimeSpan.FromMinutes(1), Cancellation))!;
        await Store.Claims.ClaimAsync(lease, 30, cancellationToken: Cancellation);
        Assert.True(await Store.Claims.CommitAsync(lease, Marks(1, 0, 1), Cancellation));
        Assert.True(await Store.Claims.CommitAsync(lease, Marks(2, 2, 3), Cancellation));

        await Redis.GetDatabase().HashDecrementAsync($"{Prefix}{{{execution.Number}}}:commits", lease.Token);

        Assert.False(await Store.Claims.CommitAsync(lease, Marks(3, 4, 5), Cancellation));
        await using var other = new RedisStore(new() { Configuration = Redis.Configuration, KeyPrefix = Prefix }, Clock);
        await Assert.ThrowsAsync<CommitOutOfTurnException>(() => other.Claims.CommitAsync(lease, Marks(3, 4, 5), Cancellation));
    }

    private static DispatchCommit Marks(long number, params int[] ordinals) => new() { Number = number, Follows = number - 1, Marks = ordinals };
}
