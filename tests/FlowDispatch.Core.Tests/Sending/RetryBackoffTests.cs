using FlowDispatch.Sending;

namespace FlowDispatch.Tests.Dispatching;

public sealed class RetryBackoffTests
{
    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 120)]
    [InlineData(6, 1_920)]
    [InlineData(7, 3_600)]
    [InlineData(1_000, 3_600)]
    public void The_wait_doubles_up_to_an_hour_and_jitter_only_adds(int attempt, int seconds)
    {
        var random = new Random(7);

        for (var i = 0; i < 100; i++)
        {
            Assert.InRange(RetryBackoff.Delay(attempt, random).TotalSeconds, seconds, seconds * 1.1);
        }
    }
}
