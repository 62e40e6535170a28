using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>Conservation: whatever happens in whatever order, counters agree with rows and nobody is lost.</summary>
public abstract class AuditConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    private static readonly ReceiptStatus[] Reports = [ReceiptStatus.Sent, ReceiptStatus.Delivered, ReceiptStatus.Read, ReceiptStatus.Failed];

    [Fact]
    public async Task An_audit_counts_each_in_one_status_and_says_who_is_in_a_senders_hands()
    {
        var execution = await RunningAsync(6, sliceSize: 4);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items.Take(3));
        await CommitAsync(lease, Accepted(items[0]), new ClaimedChange(items[1].Recipient, r => RecipientRules.Doubt(r, 1, "?", Now, Now.AddMinutes(1))), Skipped(items[3]));

        var audit = await ConsistentAsync(execution);

        Assert.Equal(
            new Dictionary<RecipientStatus, int>
            {
                [RecipientStatus.Sent] = 1,
                [RecipientStatus.InDoubt] = 1,
                [RecipientStatus.Sending] = 1,
                [RecipientStatus.Skipped] = 1,
                [RecipientStatus.Pending] = 2,
            },
            audit.ByStatus.Where(s => s.Value > 0).ToDictionary());
        Assert.Equal(3, audit.Rows.Pending);
        Assert.Equal((true, false), (audit.Consistent, audit.Settled));
    }

    [Fact]
    public async Task An_audit_beside_the_work_is_of_one_instant()
    {
        var execution = await RunningAsync(300, sliceSize: 10);
        var lease = await LeaseAsync(execution);
        var work = Task.Run(
            async () =>
            {
                while (await ClaimAsync(lease, 1) is { Count: > 0 } items)
                {
                    await MarkAsync(lease, items);
                    await CommitAsync(lease, items.Select(i => Accepted(i)));
                }
            },
            Cancellation);

        var audits = 0;
        do
        {
            Assert.Equal(300, (await ConsistentAsync(execution)).Rows.Total);
            audits++;
        }
        while (!work.IsCompleted || audits < 3);

        await work;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task After_any_sequence_of_moves_counters_agree_with_rows_and_everybody_comes_to_an_end(int seed)
    {
        // Not for secrets: the same seed must make the same moves.
        var random = new Random(seed);
        var execution = await RunningAsync(40, sliceSize: 1 + random.Next(12));
        var nodes = new List<Node>();
        for (var step = 0; step < 120; step++)
        {
            await MoveAsync(random, execution, nodes);
            if (step % 10 == 0)
            {
                await ConsistentAsync(execution);
            }
        }

        await EndAsync(execution, nodes);

        var audit = await ConsistentAsync(execution);
        Assert.Equal((40, 0), (audit.Rows.Total, audit.Rows.Open));
        Assert.Equal(ExecutionStatus.Completed, (await FindAsync(execution)).Status);
        var errors = (await RecipientsAsync(execution))
            .Where(r => r.Status is RecipientStatus.Failed or RecipientStatus.Skipped)
            .CountBy(r => r.ErrorCode!)
            .ToDictionary();
        Assert.Equal(errors, (await Store.Executions.CountErrorsAsync(execution.Id, Cancellation)).ToDictionary(e => e.Code, e => e.Count));
    }

    private async Task MoveAsync(Random random, Execution execution, List<Node> nodes)
    {
        var node = nodes.Count == 0 ? null : nodes[random.Next(nodes.Count)];
        switch (random.Next(10))
        {
            case 0 when nodes.Count < 3:
                if (await Store.Claims.LeaseAsync(execution.Number, "node", 5, Lease, Cancellation) is { } lease)
                {
                    nodes.Add(new(lease));
                }

                break;
            case 1 or 2 when node is not null:
                foreach (var item in await ClaimAsync(node.Lease, 1 + random.Next(10)))
                {
                    node.Hand.Enqueue(item);
                }

                break;
            case 3 or 4 or 5 when node is not null:
                await WorkAsync(random, node, nodes);
                break;
            case 6 when node is not null && random.Next(3) == 0:
                nodes.Remove(node);
                await Store.Claims.ReleaseAsync(node.Lease, Cancellation);
                break;
            case 7:
                // Some leases end by this, and are swept by whoever comes.
                Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 12)));
                await Store.Claims.RecoverAsync(Cancellation);
                break;
            default:
                await HearAsync(random, execution);
                break;
        }
    }

    private async Task WorkAsync(Random random, Node node, List<Node> nodes)
    {
        var (marks, changes) = (new List<WorkItem>(), new List<ClaimedChange>());
        while (node.Flying.Count > 0 && random.Next(4) > 0)
        {
            changes.Add(Outcome(random, node.Flying.Dequeue()));
        }

        for (var i = random.Next(6); i > 0 && node.Hand.TryDequeue(out var item); i--)
        {
            if (item.Recipient.Status == RecipientStatus.InDoubt)
            {
                changes.Add(new(item.Recipient, random.Next(2) == 0 ? RecipientRules.Hold : row => RecipientRules.Repeat(row, Now)));
            }
            else if (random.Next(5) is 0 or 1)
            {
                var until = Now.AddSeconds(random.Next(20));
                changes.Add(random.Next(2) == 0 ? Deferred(item, until) : Skipped(item));
            }
            else
            {
                marks.Add(item);
            }
        }

        if (!await Store.Claims.CommitAsync(node.Lease, new() { Number = NextCommit(), Marks = [.. marks.Select(m => m.Recipient.Id.Ordinal)], Changes = changes }, Cancellation))
        {
            nodes.Remove(node);
            await Store.Claims.ReleaseAsync(node.Lease, Cancellation);
            return;
        }

        marks.ForEach(node.Flying.Enqueue);
    }

    private ClaimedChange Outcome(Random random, WorkItem item)
    {
        var (now, attempt) = (Now, item.Recipient.Attempts + 1);
        return random.Next(6) switch
        {
            0 => new(item.Recipient, row => RecipientRules.Fail(row, attempt, "131026", "No", now, null)),
            1 => new(item.Recipient, row => RecipientRules.Fail(row, attempt, "130429", "Busy", now, now.AddSeconds(3))),
            2 => new(item.Recipient, row => RecipientRules.Doubt(row, attempt, "Cut off.", now, now.AddSeconds(5))),
            3 => Accepted(item, new RunStep.Send("offer")),
            _ => Accepted(item),
        };
    }

    private async Task HearAsync(Random random, Execution execution)
    {
        var transitions = Enumerable.Range(0, 1 + random.Next(4)).Select(_ =>
        {
            var id = RecipientId.Create(execution.Number, random.Next(40), execution.CreatedAt);
            var (report, attempt, now, stop) = (Reports[random.Next(4)], 1 + random.Next(2), Now, random.Next(20) == 0);
            return random.Next(6) switch
            {
                0 => new RecipientTransition(id, s => TrackingRules.Reply(s, Some.Reply(Clock), stop, now)),
                1 => new RecipientTransition(id, s => TrackingRules.Resolve(s, stop, now)),
                _ when report == ReceiptStatus.Failed => new RecipientTransition(
                    id, s => s.Recipient.Attempts == 0 ? null : TrackingRules.Fail(s, Some.Receipt(Clock, report, $"wamid.{id}"), attempt, Some.Nodes, _ => stop ? null : now.AddSeconds(2))),
                _ => new RecipientTransition(
                    id, s => s.Recipient is { Attempts: 0, Status: not RecipientStatus.Sending } ? null : TrackingRules.Climb(s, Some.Receipt(Clock, report, $"wamid.{id}"), attempt, now)),
            };
        });
        await Store.Recipients.TransitionAsync([.. transitions], [], Cancellation);
    }

    private async Task EndAsync(Execution execution, List<Node> nodes)
    {
        foreach (var node in nodes)
        {
            await Store.Claims.ReleaseAsync(node.Lease, Cancellation);
        }

        Clock.Advance(TimeSpan.FromHours(1));
        await Store.Claims.RecoverAsync(Cancellation);
        var last = await LeaseAsync(execution);
        for (var round = 0; (await ControlAsync(execution))!.Open > 0; round++)
        {
            Assert.True(round < 20, "Somebody is open whom nobody can claim.");
            var items = await ClaimAsync(last);
            Assert.True(await CommitAsync(last, items.Select(i => i.Recipient.Status == RecipientStatus.InDoubt ? new(i.Recipient, RecipientRules.Hold) : Accepted(i))));
        }

        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
    }

    private sealed record Node(DispatchLease Lease)
    {
        public Queue<WorkItem> Hand { get; } = new();

        public Queue<WorkItem> Flying { get; } = new();
    }
}
