using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Tests.Tracking;

public sealed class ReceiptClimbTests
{
    private static readonly ReceiptStatus[] Statuses = [ReceiptStatus.Sent, ReceiptStatus.Delivered, ReceiptStatus.Read];

    [Fact]
    public async Task Receipts_taken_together_do_what_they_do_one_after_the_other()
    {
        var run = await TrackedRun.StartAsync();
        var row = await run.RowAsync();
        var random = new Random(20);
        var (changed, unchanged) = (0, 0);
        for (var time = 0; time < 20_000; time++)
        {
            var situation = Situation(row, random);
            var receipts = Enumerable.Range(0, random.Next(1, 7)).Select(i => (
                Receipt: run.Receipt(Statuses[random.Next(3)]) with { At = run.Clock.GetUtcNow().AddSeconds(i), ProviderMessageId = $"wamid.{random.Next(3)}" },
                Attempt: random.Next(4))).ToList();

            var together = new ReceiptClimb(situation);
            receipts.ForEach(r => together.Take(r.Receipt, r.Attempt));
            var change = together.Change(run.Clock.GetUtcNow());

            var (after, dueAt) = (situation.Recipient, (DateTimeOffset?)null);
            foreach (var (receipt, attempt) in receipts)
            {
                if (TrackingRules.Climb(situation with { Recipient = after }, receipt, attempt, run.Clock.GetUtcNow()) is { } next)
                {
                    (after, dueAt) = (next.After, next.DueAt ?? dueAt);
                }
            }

            Assert.Equal((after, dueAt), (change?.After ?? situation.Recipient, change?.DueAt));
            Assert.Equal(together.Attempts, after.Attempts);
            (changed, unchanged) = change is null ? (changed, unchanged + 1) : (changed + 1, unchanged);
        }

        Assert.InRange(unchanged, 100, changed);
    }

    private static RecipientSituation Situation(Recipient row, Random random)
    {
        var at = row.CreatedAt;
        var (reached, attempts) = ((Milestone)random.Next(5), random.Next(4));
        return new(
            row with
            {
                Status = (RecipientStatus)random.Next(Enum.GetValues<RecipientStatus>().Length),
                Open = random.Next(2) == 0,
                Reached = reached,
                Attempts = attempts,
                StepAttempts = random.Next(attempts + 1),
                ProviderMessageId = attempts == 0 ? null : $"wamid.{random.Next(3)}",
                InDoubtSince = random.Next(3) == 0 ? at : null,
                WaitingReason = random.Next(2) == 0 ? ReasonCodes.Retry : null,
                NextAttemptAt = random.Next(2) == 0 ? at.AddHours(1) : null,
                FlowCompleted = random.Next(3) == 0,
                FlowOutcome = random.Next(3) == 0 ? "cancelled" : null,
                ErrorCode = random.Next(3) == 0 ? "131026" : null,
                ErrorMessage = random.Next(3) == 0 ? "Undeliverable." : null,
                SentAt = reached >= Milestone.Sent && random.Next(2) == 0 ? at : null,
                DeliveredAt = reached >= Milestone.Delivered && random.Next(2) == 0 ? at : null,
                ReadAt = reached >= Milestone.Read && random.Next(2) == 0 ? at : null,
            },
            ExecutionOpen: random.Next(2) == 0);
    }
}
