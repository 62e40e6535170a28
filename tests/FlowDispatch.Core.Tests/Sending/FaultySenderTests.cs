using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using FlowDispatch.Testing.Time;

namespace FlowDispatch.Core.Tests.Sending;

public sealed class FaultySenderTests
{
    private static readonly SendFaults Some = new() { LostRequests = 0.1, LostAnswers = 0.1, Throttled = 0.1, Failed = 0.1, Rejected = 0.1 };

    private readonly RecordingSender _inner = new(SenderCapabilities.IdempotentSends);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_fault_hits_its_share_and_only_what_arrives_reaches_the_inner_sender()
    {
        var outcomes = await OutcomesAsync(new(_inner, Some, seed: 1), Enumerable.Range(0, 5_000));

        var shares = outcomes.Values.CountBy(o => o).ToDictionary();
        Assert.All(
            ["The connection broke before the message arrived.", "The connection broke before the answer arrived.", "Throttled", "Failed", "Rejected"],
            fault => Assert.InRange(shares[fault], 420, 580));
        Assert.Equal(shares["Accepted"] + shares["The connection broke before the answer arrived."], _inner.Messages.Count);
        Assert.Equal(SenderCapabilities.IdempotentSends, new FaultySender(_inner, Some, 1).Capabilities);
    }

    [Fact]
    public async Task A_seed_hits_the_same_messages_in_whatever_order_they_come()
    {
        var forwards = await OutcomesAsync(new(_inner, Some, seed: 1), Enumerable.Range(0, 200));
        var backwards = await OutcomesAsync(new(_inner, Some, seed: 1), Enumerable.Range(0, 200).Reverse());
        var other = await OutcomesAsync(new(_inner, Some, seed: 2), Enumerable.Range(0, 200));

        Assert.Equal(forwards.OrderBy(o => o.Key), backwards.OrderBy(o => o.Key));
        Assert.NotEqual(forwards.OrderBy(o => o.Key), other.OrderBy(o => o.Key));
    }

    [Fact]
    public async Task The_same_attempt_has_another_chance_when_it_comes_again()
    {
        var sender = new FaultySender(_inner, new() { LostRequests = 0.5 }, seed: 1);

        var outcomes = new List<string>();
        for (var time = 0; time < 50; time++)
        {
            outcomes.Add(await OutcomeAsync(sender, Message(0)));
        }

        Assert.InRange(outcomes.Count(o => o == "Accepted"), 10, 40);
    }

    [Fact]
    public async Task An_answer_takes_at_most_the_latency_by_the_given_clock()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        var answers = Enumerable.Range(0, 100).Select(i => new FaultySender(_inner, new() { Latency = TimeSpan.FromSeconds(10) }, 1, clock).SendAsync(Message(i), Cancellation)).ToList();

        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.InRange(answers.Count(a => a.IsCompleted), 20, 80);
        clock.Advance(TimeSpan.FromSeconds(5));

        await Task.WhenAll(answers);
    }

    [Theory]
    [InlineData(-0.1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0.6, 0.5)]
    public void Shares_that_can_not_be_are_refused(double requests, double answers) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaultySender(_inner, new() { LostRequests = requests, LostAnswers = answers }, 1));

    private static async Task<Dictionary<int, string>> OutcomesAsync(FaultySender sender, IEnumerable<int> people)
    {
        var outcomes = new Dictionary<int, string>();
        foreach (var person in people)
        {
            outcomes[person] = await OutcomeAsync(sender, Message(person));
        }

        return outcomes;
    }

    private static async Task<string> OutcomeAsync(FaultySender sender, OutgoingMessage message)
    {
        try
        {
            return (await sender.SendAsync(message, Cancellation)).GetType().Name;
        }
        catch (HttpRequestException lost)
        {
            return lost.Message;
        }
    }

    private static OutgoingMessage Message(int person) => new()
    {
        AttemptId = new(RecipientId.Create(1, person, DateTimeOffset.UnixEpoch), 1),
        Channel = new() { Id = "channel-1", OrganizationId = "org-1", Kind = "test", ProviderId = "1" },
        To = "5511900000000",
        Content = new MessageContent.Text("Hello"),
    };
}
