using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Limits;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Testing.Simulations;

/// <summary>Holds what is promised against what the provider really got and what the store shows in the end.</summary>
internal sealed class Promises(World world, SimulationPlan plan, Provider provider, Operators operators)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    public async Task CheckAsync(IStore store, string organization, IReadOnlyList<Execution> begun, IReadOnlyList<Contact> people)
    {
        var executions = new List<(Execution Execution, List<Recipient> Rows)>();
        foreach (var execution in begun)
        {
            var audit = (await store.Executions.AuditAsync(organization, execution.Id).ConfigureAwait(false))!;
            var rows = new List<Recipient>();
            await foreach (var row in store.Recipients.StreamAsync(organization, execution.Id, RecipientFilter.All).ConfigureAwait(false))
            {
                rows.Add(row);
            }

            executions.Add((audit.Execution, rows));
            CheckEnd(audit, rows, people);
        }

        var byRecipient = provider.HandOvers.ToLookup(h => h.Message.AttemptId.Recipient);
        foreach (var (execution, rows) in executions)
        {
            foreach (var row in rows)
            {
                var all = byRecipient[row.Id].ToList();
                var history = all.Count > 1 ? await store.Recipients.ReadHistoryAsync(row.Id).ConfigureAwait(false) : [];
                CheckRow(execution, row, all, history.Where(e => e.Kind == RecipientEventKind.AttemptInDoubt).Select(e => e.Attempt).ToHashSet());
            }
        }

        CheckWords(executions, people);
        CheckRates(executions);
        CheckHands(executions);
        CheckTimes(executions);
        CheckCap(executions);
    }

    // 1: everybody ends in one final state or is visibly in doubt; figures and rows agree.
    private void CheckEnd(ExecutionAudit audit, List<Recipient> rows, IReadOnlyList<Contact> people)
    {
        var execution = audit.Execution;
        if (execution.Status is not (ExecutionStatus.Completed or ExecutionStatus.Cancelled))
        {
            world.Violate($"execution {execution.Number} never ended; it is {execution.Status} ({execution.StatusReason ?? execution.ErrorMessage}), {rows.Count(r => r.Open)} open");
        }

        if (!audit.Consistent)
        {
            world.Violate($"execution {execution.Number}: counters {audit.Execution.Counters} disagree with rows {audit.Rows}");
        }

        if (execution.Status == ExecutionStatus.Completed && rows.Count != people.Count)
        {
            world.Violate($"execution {execution.Number} has {rows.Count} recipients for {people.Count} people");
        }

        if (rows.DistinctBy(r => r.ContactId).Count() != rows.Count)
        {
            world.Violate($"execution {execution.Number} has somebody twice");
        }
    }

    private void CheckRow(Execution execution, Recipient row, List<HandOver> all, IReadOnlySet<int> doubted)
    {
        var name = $"recipient {execution.Number}.{row.Id.Ordinal} ({row.Status}, {row.WaitingReason ?? row.ErrorCode ?? "-"}, {row.Attempts} attempts)";
        if (row.Open || row.Status is RecipientStatus.Pending or RecipientStatus.Sending)
        {
            world.Violate($"{name} was left open");
        }

        var taken = all.Where(h => h.TakenAt is not null).ToList();
        if (taken.Count == 0 && row.Reached >= Milestone.Sent)
        {
            world.Violate($"{name} counts as sent, but nothing was ever taken");
        }

        if (taken.Count > 0 && row.Status is RecipientStatus.Skipped or RecipientStatus.Cancelled)
        {
            world.Violate($"{name} was sent to all the same");
        }

        var unsettled = taken.Where(h => h.Result is not SendResult.Accepted && h.Acknowledged.Count == 0).ToList();
        if (taken.Count > 0 && row.Reached == Milestone.None && row.Status != RecipientStatus.InDoubt && unsettled.Count < taken.Count)
        {
            world.Violate($"{name} does not count as sent, but {taken.Count} were taken and known");
        }

        if (row.Status == RecipientStatus.InDoubt && all.Count > 0 && all[^1] is { TakenAt: not null, Acknowledged.Count: > 0 } last && last.Message.AttemptId.Number == row.Attempts)
        {
            world.Violate($"{name} is in doubt though a receipt tells what became of it");
        }

        if (row.Status == RecipientStatus.InDoubt && !Unknown(all))
        {
            world.Violate($"{name} is in doubt though every answer came");
        }

        // 2: what was taken is never sent again blindly.
        foreach (var step in all.GroupBy(h => h.Step))
        {
            CheckRepeats(name, [.. step]);
            CheckRetries(name, [.. step], doubted);
        }

        // Receipts climb.
        var reported = taken.SelectMany(h => h.Acknowledged.Keys).Where(s => s != ReceiptStatus.Failed).DefaultIfEmpty().Max();
        if ((int)row.Reached < (int)reported)
        {
            world.Violate($"{name} reached {row.Reached}, but {reported} was reported and acknowledged");
        }
    }

    // Marked and cut off before the hand-over looks the same as cut off after it: only a death or a lost lease leaves that.
    private bool Unknown(List<HandOver> all) =>
        all.Any(h => h.Result is null or SendResult.InDoubt) || plan.Kills + plan.Stops + plan.Stalls + plan.Outages > 0 || plan.StoreLostAnswers + plan.StoreRefusals > 0;

    private void CheckRepeats(string name, List<HandOver> step)
    {
        for (var i = 1; i < step.Count; i++)
        {
            var before = step[i - 1];
            if (before.TakenAt is null)
            {
                continue;
            }

            var again = step[i];
            var sameKey = plan.Capabilities.HasFlag(SenderCapabilities.IdempotentSends) && again.Message.AttemptId == before.Message.AttemptId;
            var failed = before.FailsAt is not null && before.Acknowledged.TryGetValue(ReceiptStatus.Failed, out var told) && told <= again.At;
            var wait = plan.Capabilities.HasFlag(SenderCapabilities.Receipts) ? plan.Deadline : SimulationPlan.Grace;
            var byPolicy = plan.Policy == InDoubtPolicy.Repeat
                && before.Result is not SendResult.Accepted
                && again.At - before.At >= wait - Tolerance
                && !before.Acknowledged.Values.Any(at => at < again.At - TimeSpan.FromSeconds(10));
            var unstored = plan.Policy == InDoubtPolicy.Repeat && again.At - before.At >= wait - Tolerance && plan.Kills + plan.Stops + plan.Stalls + plan.Outages > 0 && before.Acknowledged.Count == 0;
            if (!sameKey && !failed && !byPolicy && !unstored)
            {
                world.Violate($"{name} got {before.Step} twice: taken at {Seconds(before.At)}, again handed over at {Seconds(again.At)}");
            }
        }
    }

    // 6: retries keep their number and their distance; a throttle is no attempt.
    private void CheckRetries(string name, List<HandOver> step, IReadOnlySet<int> doubted)
    {
        var counted = step.Where(h => h.Result is not SendResult.Throttled).ToList();
        var attempts = counted.DistinctBy(h => h.Message.AttemptId).Count();
        if (attempts > 1 + plan.MaxRetries)
        {
            world.Violate($"{name} had {attempts} attempts at {step[0].Step}, with {plan.MaxRetries} retries allowed");
        }

        var failures = 0;
        foreach (var (before, after) in counted.Zip(counted.Skip(1)))
        {
            if (before.Result is SendResult.Rejected && !IsUnheard(before, after, doubted))
            {
                world.Violate($"{name} was sent to again after a definite refusal");
            }

            if (before.Result is SendResult.Failed && !IsUnheard(before, after, doubted))
            {
                failures++;
                var least = TimeSpan.FromSeconds(60 * Math.Pow(2, failures - 1)) - Tolerance;
                if (after.At - before.AnsweredAt < least && before.Message.AttemptId != after.Message.AttemptId)
                {
                    world.Violate($"{name} was tried again after {after.At - before.AnsweredAt}, less than {least}");
                }
            }
        }
    }

    // The node may have died, or lost its lease, with the answer in its hands: then it is in doubt, and repeated under the
    // same key, on evidence, or by the policy, once its time is over.
    private bool IsUnheard(HandOver before, HandOver after, IReadOnlySet<int> doubted) =>
        before.Message.AttemptId == after.Message.AttemptId
            ? plan.Capabilities.HasFlag(SenderCapabilities.IdempotentSends)
            : doubted.Contains(before.Message.AttemptId.Number)
                && after.At - before.At >= SimulationPlan.Grace
                && (plan.Policy == InDoubtPolicy.Repeat || plan.Capabilities.HasFlag(SenderCapabilities.Receipts));

    private void CheckWords(List<(Execution Execution, List<Recipient> Rows)> executions, IReadOnlyList<Contact> people)
    {
        var names = people.ToDictionary(p => p.WhatsAppId, p => p.Name);
        foreach (var handOver in provider.HandOvers)
        {
            var body = ((MessageContent.Text)handOver.Message.Content).Body;
            if (body != $"{handOver.Step}|{names[handOver.Message.To]}")
            {
                world.Violate($"{handOver.Message.To} was told \"{body}\"");
            }
        }

        foreach (var (execution, rows) in executions)
        {
            foreach (var row in rows)
            {
                var steps = provider.HandOvers.Where(h => h.Message.AttemptId.Recipient == row.Id && h.TakenAt is not null).Select(h => h.Step).ToList();
                if (!steps.SequenceEqual(steps.Order(StringComparer.Ordinal)))
                {
                    world.Violate($"recipient {execution.Number}.{row.Id.Ordinal} got its messages in the order {string.Join(", ", steps)}");
                }

                if (row is { FlowCompleted: true } && steps.Distinct().Count() < plan.Steps && row.ErrorCode is null)
                {
                    world.Violate($"recipient {execution.Number}.{row.Id.Ordinal} completed the flow with {steps.Count} of {plan.Steps} messages");
                }
            }
        }
    }

    // 3: the hour and the second, over all nodes, evenly.
    private void CheckRates(List<(Execution Execution, List<Recipient> Rows)> executions)
    {
        if (plan.RatePerHour is { } perHour)
        {
            foreach (var automation in executions.GroupBy(e => e.Execution.AutomationId))
            {
                var numbers = automation.Select(e => e.Execution.Number).ToHashSet();
                var spacing = (TimeSpan.FromHours(1) + PermitPocket.HourValidity) / perHour;
                CheckPace($"automation's {perHour} per hour", [.. provider.HandOvers.Where(h => numbers.Contains(h.Message.AttemptId.Recipient.ExecutionNumber))], spacing, PermitPocket.HourValidity);
            }
        }

        if (plan.ChannelPerSecond is { } perSecond)
        {
            CheckPace($"channel's {perSecond} per second", provider.HandOvers, (TimeSpan.FromSeconds(1) + PermitPocket.SecondValidity) / perSecond, PermitPocket.SecondValidity);
        }
    }

    // Of k + 1 hand-overs in a row the first used its permit at most its validity late, so they span more than k spacings less that.
    private void CheckPace(string limit, List<HandOver> handOvers, TimeSpan spacing, TimeSpan validity)
    {
        for (var i = 0; i < handOvers.Count; i++)
        {
            for (var k = 1; k <= 40 && i + k < handOvers.Count; k++)
            {
                var span = handOvers[i + k].At - handOvers[i].At;
                if (span < (k * spacing) - validity)
                {
                    world.Violate($"the {limit} was passed: {k + 1} within {span} from {Seconds(handOvers[i].At)}");
                    return;
                }
            }
        }
    }

    // 5: no more in senders' hands at once than allowed; of a frozen process nobody can take its messages away.
    private void CheckHands(List<(Execution Execution, List<Recipient> Rows)> executions)
    {
        foreach (var automation in executions.GroupBy(e => e.Execution.AutomationId))
        {
            var numbers = automation.Select(e => e.Execution.Number).ToHashSet();
            var most = provider.MostInHand(numbers);
            if (most > plan.Concurrency)
            {
                world.Violate($"{most} were in senders' hands at once, with {plan.Concurrency} allowed");
            }
        }
    }

    // 4 and control: window, expiry, pause, cancel, opt-out.
    private void CheckTimes(List<(Execution Execution, List<Recipient> Rows)> executions)
    {
        var quiet = operators.AllQuiet().ToLookup(q => q.Execution);
        foreach (var (execution, rows) in executions)
        {
            var settings = execution.Snapshot.Settings;
            var contacts = rows.ToDictionary(r => r.Id, r => r.ContactId);
            foreach (var handOver in provider.HandOvers.Where(h => h.Message.AttemptId.Recipient.ExecutionNumber == execution.Number))
            {
                var name = $"{execution.Number}.{handOver.Message.AttemptId.Recipient.Ordinal} at {Seconds(handOver.At)}";
                if (quiet[execution.Id].Any(q => handOver.At >= q.From && handOver.At < q.Until))
                {
                    world.Violate($"{name} was handed over while its execution was paused or cancelled");
                }

                if (operators.OptedOut.TryGetValue(contacts[handOver.Message.AttemptId.Recipient], out var optedOut) && handOver.At >= optedOut + TimeSpan.FromSeconds(1))
                {
                    world.Violate($"{name} was handed over after an opt-out at {Seconds(optedOut)}");
                }

                if (handOver.Step == "m0" && settings.Window is { } window && window.NextOpening(handOver.At, TimeZoneInfo.Utc) != handOver.At)
                {
                    world.Violate($"{name} was handed over outside the window");
                }

                if (handOver.Step == "m0" && settings.ExpiresAfter is { } lifetime && handOver.At >= execution.CreatedAt + lifetime)
                {
                    world.Violate($"{name} was handed over after it had expired");
                }
            }
        }
    }

    private void CheckCap(List<(Execution Execution, List<Recipient> Rows)> executions)
    {
        if (plan.Cap is not { } cap)
        {
            return;
        }

        var contacts = executions.SelectMany(e => e.Rows).ToDictionary(r => r.Id, r => r.ContactId);

        // One that is repeated under its key was counted when it was first handed over.
        var firsts = provider.HandOvers.Where(h => h.Step == "m0").GroupBy(h => h.Message.AttemptId).Where(a => a.Any(h => h.TakenAt is not null));
        foreach (var person in firsts.GroupBy(a => contacts[a.Key.Recipient]))
        {
            var times = person.Select(a => a.Where(h => h.Result is null or SendResult.Accepted or SendResult.InDoubt).Min(h => h.At)).Order().ToList();
            for (var i = 0; i + cap.Count < times.Count; i++)
            {
                if (times[i + cap.Count] - times[i] < cap.Period)
                {
                    world.Violate($"a person got {cap.Count + 1} first messages within {times[i + cap.Count] - times[i]}");
                }
            }
        }
    }

    private string Seconds(DateTimeOffset at) => $"{(at - world.Start).TotalSeconds:0.000} s";
}
