using System.Runtime.InteropServices;
using FlowDispatch.Contacts;
using FlowDispatch.Diagnostics;
using FlowDispatch.Recipients;
using FlowDispatch.Retention;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Tracking;

/// <summary>Settles what providers told us: receipts climb, replies count and opt out, and what matches nobody yet is kept.</summary>
/// <remarks>
/// What a round changes is written first, and only then its entries are taken away, in one step with it where one write
/// does. A crash between leaves all entries, and doing them again changes nothing twice; that also holds when two nodes
/// settle the same ones, but that a further reply of somebody who replied before may then stand in the history twice. One
/// round at a time.
/// </remarks>
internal sealed class InboxProcessor(
    IStore store, InboxMatcher matcher, RunDirectory runs, TrackingOptions options, TimeProvider time, Random random, Meters meters, ILogger logger)
{
    // Much is told of the same people within a short time, and of neighbours: the larger a round, the fewer rows it writes,
    // and the more of them lie together.
    private const int MostInRound = 32_000;
    private const int BatchSize = 1_000;
    private const int MostBeside = 4;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private readonly OptOutWords _optOutWords = new(options.OptOutWords);
    private readonly ReceiptNotes _notes = new();
    private readonly TransitionWriter _writer = new(store, meters.Inbox);

    /// <summary>Settles due entries, at most 32,000.</summary>
    /// <returns>How many were read: with 32,000 more may be waiting.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var entries = await store.Inbox.ReadAsync(time.GetUtcNow(), MostInRound, cancellationToken).ConfigureAwait(false);
        using var span = Spans.Settle(entries.Count);
        await SettleOrIsolateAsync(entries, cancellationToken).ConfigureAwait(false);

        // If the process dies before this, less is known of what came in, and somebody in doubt waits longer.
        await _notes.WriteAsync(store.Receivers, cancellationToken).ConfigureAwait(false);
        return entries.Count;
    }

    private async Task SettleOrIsolateAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
        {
            return;
        }

        try
        {
            await SettleAsync(entries, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (entries.Count > 1 && !cancellationToken.IsCancellationRequested)
        {
            // One poisonous entry must not hold up the others: halved until it stands alone. Where the store itself is
            // down, the first one alone can't be put off either, and that ends the round.
            var middle = entries.Count / 2;
            await SettleOrIsolateAsync([.. entries.Take(middle)], cancellationToken).ConfigureAwait(false);
            await SettleOrIsolateAsync([.. entries.Skip(middle)], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (entries.Count == 1 && !cancellationToken.IsCancellationRequested)
        {
            await GiveUpOnAsync(entries[0], error, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SettleAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var matches = await MatchAsync(entries, cancellationToken).ConfigureAwait(false);
        var words = matches.Where(m => m.Climb is null).ToList();
        var repetitions = await FindRepetitionsAsync(words, cancellationToken).ConfigureAwait(false);
        var replies = words.Where(m => m.Entry.Event is InboundEvent.Reply && !repetitions.Contains(m)).ToList();

        // Of whoever writes twice in a round the second comes after a reply, the first.
        var first = new HashSet<RecipientId>();
        foreach (var later in replies.Where(m => m.Recipient is { } replied && !first.Add(replied)))
        {
            later.MayHaveReplied = true;
        }

        // Before the entries are consumed: a crash in between does it again, and that changes nothing.
        await NoteConversationsAsync(replies, cancellationToken).ConfigureAwait(false);
        var optingOut = replies.Where(m => _optOutWords.Match(((InboundEvent.Reply)m.Entry.Event).Text)).ToHashSet();
        foreach (var match in optingOut)
        {
            await OptOutAsync(match, now, cancellationToken).ConfigureAwait(false);
        }

        // Neighbours together, and each person's in their order.
        var settled = matches.Where(m => m.Recipient is not null).OrderBy(m => m.Recipient!.Value.Place).ToArray();
        var transitions = new List<RecipientTransition>();
        for (var from = 0; from < settled.Length;)
        {
            var (recipient, climbs) = (settled[from].Recipient!.Value, CountClimbs(settled, from));
            if (climbs > 0)
            {
                transitions.Add(new(recipient, Climb(new(settled, from, climbs), now)));
            }
            else if (!repetitions.Contains(settled[from])
                && await DecideAsync(settled[from], recipient, optingOut.Contains(settled[from]), now, cancellationToken).ConfigureAwait(false) is { } decide)
            {
                transitions.Add(new(recipient, decide));
            }

            from += Math.Max(climbs, 1);
        }

        await _writer.WriteAsync(transitions, Array.ConvertAll(settled, m => m.Entry.Id), cancellationToken).ConfigureAwait(false);
        await PutOffAsync([.. matches.Where(m => m.Recipient is null).Select(m => m.Entry)], now, cancellationToken).ConfigureAwait(false);
    }

    // Much of what is told within a short time is of the same people: that is one change of each.
    private static int CountClimbs(InboxMatch[] matches, int from)
    {
        var to = from;
        while (to < matches.Length && matches[to].Climb is not null && matches[to].Recipient == matches[from].Recipient)
        {
            to++;
        }

        return to - from;
    }

    private async Task<IReadOnlyList<InboxMatch>> MatchAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count <= BatchSize)
        {
            return await matcher.MatchAsync(entries, cancellationToken).ConfigureAwait(false);
        }

        var parts = entries.Chunk(BatchSize).ToArray();
        var matches = new IReadOnlyList<InboxMatch>[parts.Length];
        await Parallel.ForAsync(
            0,
            parts.Length,
            new ParallelOptions { MaxDegreeOfParallelism = MostBeside, CancellationToken = cancellationToken },
            async (part, _) => matches[part] = await matcher.MatchAsync(parts[part], cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. matches.SelectMany(m => m)];
    }

    private ValueTask<Func<RecipientSituation, RecipientChange?>?> DecideAsync(
        InboxMatch match, RecipientId recipient, bool optsOut, DateTimeOffset now, CancellationToken cancellationToken) => match.Entry.Event switch
        {
            InboundEvent.Receipt { Status: ReceiptStatus.Failed } receipt => FailAsync(match, receipt, recipient, now, cancellationToken),
            InboundEvent.Reply reply => new(Answer(match, reply, optsOut, now)),
            _ => throw new ArgumentOutOfRangeException(nameof(match), match.Entry.Event, "An inbox entry is one of the cases of InboundEvent."),
        };

    private Func<RecipientSituation, RecipientChange?> Climb(ArraySegment<InboxMatch> receipts, DateTimeOffset now) => situation =>
    {
        var climb = new ReceiptClimb(situation);
        foreach (var match in receipts)
        {
            _notes.Add(match, climb.Attempts, situation.Recipient.AttemptedAt);
            climb.Take(match.Climb!, match.Attempt);
        }

        return ErasureRules.Forget(climb.Change(now));
    };

    private static Func<RecipientSituation, RecipientChange?> Answer(InboxMatch match, InboundEvent.Reply reply, bool optsOut, DateTimeOffset now) => situation =>
        match.MayHaveReplied || situation.Recipient.RepliedAt is null
            ? ErasureRules.Forget(TrackingRules.Reply(situation, reply, optsOut, now))

            // Another node has noted a reply since this one was matched, and it may be the same. Tried again it is compared.
            : throw new InvalidOperationException($"A reply of recipient {situation.Recipient.Id} was noted elsewhere meanwhile.");

    private async ValueTask<Func<RecipientSituation, RecipientChange?>?> FailAsync(
        InboxMatch match, InboundEvent.Receipt receipt, RecipientId recipient, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Found by its message alone, it may be of an execution that was not looked up yet.
        return await runs.FindAsync(recipient, cancellationToken).ConfigureAwait(false) is { } run ? Fail : null;

        RecipientChange? Fail(RecipientSituation situation)
        {
            _notes.Add(match, situation.Recipient.Attempts, situation.Recipient.AttemptedAt);
            return ErasureRules.Forget(TrackingRules.Fail(situation, receipt, match.Attempt, run.Flow, RetryAt));
        }

        DateTimeOffset? RetryAt(int attempts) => receipt.IsTransient && attempts <= run.MaxRetries
            ? now + AskedWait.Longer(RetryBackoff.Delay(attempts, random), receipt.RetryAfter)
            : null;
    }

    private async Task NoteConversationsAsync(List<InboxMatch> replies, CancellationToken cancellationToken)
    {
        foreach (var channel in replies.GroupBy(m => m.Channel))
        {
            // The last of each tells how long it is open, the first since when it was; few write twice in a round.
            var people = channel
                .SelectMany(m => m.Contacts.Select(c => (Contact: c, m.Entry.Event.At)))
                .GroupBy(p => p.Contact, p => p.At, (contact, instants) => (Contact: contact, First: instants.Min(), Last: instants.Max()))
                .ToList();
            var first = people.Where(p => p.First < p.Last).Select(p => KeyValuePair.Create(p.Contact, p.First));
            foreach (var some in first.Chunk(BatchSize).Concat(people.Select(p => KeyValuePair.Create(p.Contact, p.Last)).Chunk(BatchSize)))
            {
                await store.Contacts.TouchConversationsAsync(channel.Key!.OrganizationId, channel.Key.Id, some.ToDictionary(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task OptOutAsync(InboxMatch match, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var contact in match.Contacts)
        {
            await store.Contacts.UpdateAsync(match.Channel!.OrganizationId, contact, OptOut, cancellationToken).ConfigureAwait(false);
        }

        // An entry that is tried again, or was delivered twice, must not undo what the person or an operator decided since. Where
        // the processes that took in the one and the other have different clocks, whoever asked to stop is believed.
        Contact OptOut(Contact contact) => !contact.OptedIn || contact.OptChangedAt >= match.Entry.ReceivedAt + ClockTolerance
            ? contact
            : contact with
            {
                OptedIn = false,
                OptChangedAt = now,
                OptReason = ((InboundEvent.Reply)match.Entry.Event).Text?.Trim(),
                OptSource = "reply",
                UpdatedAt = now,
            };
    }

    // Rows tell that a receipt climbed before, and that nobody replied yet; of other replies and failures only the history tells.
    private async Task<HashSet<InboxMatch>> FindRepetitionsAsync(IReadOnlyList<InboxMatch> matches, CancellationToken cancellationToken)
    {
        var told = matches
            .Where(m => m.Recipient is not null)
            .Select(m => (Match: m, Note: HistoryNote(m.Entry.Event)))
            .Where(m => m.Note.Message is not null)
            .ToList();
        if (told.Count == 0)
        {
            return [];
        }

        var histories = new Dictionary<RecipientId, List<RecipientEvent>>();
        foreach (var part in told.Where(m => m.Match.Entry.Event is not InboundEvent.Reply || m.Match.MayHaveReplied).Chunk(BatchSize))
        {
            foreach (var (recipient, events) in await store.Recipients.FindEventsAsync(
                [.. part.Select(m => m.Match.Recipient!.Value).Distinct()], [.. part.Select(m => m.Note.Message!).Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false))
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(histories, recipient, out _) ??= []).AddRange(events);
            }
        }

        var noted = new HashSet<(RecipientId, RecipientEventKind, string?, string?)>();
        return told
            .Where(m => !noted.Add((m.Match.Recipient!.Value, m.Note.Kind, m.Note.Message, m.Note.Code))
                || (histories.TryGetValue(m.Match.Recipient!.Value, out var history)
                    && history.Any(e => e.Kind == m.Note.Kind && e.ProviderMessageId == m.Note.Message && (m.Note.Code is null || e.Code == m.Note.Code))))
            .Select(m => m.Match)
            .ToHashSet();
    }

    private static (RecipientEventKind Kind, string? Message, string? Code) HistoryNote(InboundEvent happened) => happened switch
    {
        InboundEvent.Receipt { Status: ReceiptStatus.Failed } receipt => (RecipientEventKind.ReceiptFailed, receipt.ProviderMessageId, receipt.ErrorCode),
        InboundEvent.Reply reply => (RecipientEventKind.Replied, reply.ProviderMessageId, null),
        _ => default,
    };

    private async Task PutOffAsync(List<InboxEntry> unmatched, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var old = unmatched.Where(e => now - e.ReceivedAt >= options.UnmatchedRetention).ToList();
        if (old.Count > 0)
        {
            await store.Inbox.DropAsync([.. old.Select(e => e.Id)], cancellationToken).ConfigureAwait(false);
            meters.Inbox.Dropped(old.Count);
            Log.UnmatchedDropped(logger, old.Count, options.UnmatchedRetention, old.Min(e => e.ReceivedAt));
        }

        foreach (var group in unmatched.Except(old).GroupBy(e => Delay(e.Tries)))
        {
            await store.Inbox.PutOffAsync([.. group.Select(e => e.Id)], now + group.Key, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task GiveUpOnAsync(InboxEntry entry, Exception error, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - entry.ReceivedAt >= options.UnmatchedRetention)
        {
            await store.Inbox.DropAsync([entry.Id], cancellationToken).ConfigureAwait(false);
            meters.Inbox.Dropped(1);
            Log.InboxEntryDropped(logger, error, entry.Id, entry.ReceivedAt);
            return;
        }

        var until = now + Delay(entry.Tries);
        await store.Inbox.PutOffAsync([entry.Id], until, cancellationToken).ConfigureAwait(false);
        Log.InboxEntryPutOff(logger, error, entry.Id, until);
    }

    // Early ones are settled within seconds; what is still unmatched after an hour is most likely somebody who wrote of
    // their own accord, and a week of those must not keep the processor busy.
    private static TimeSpan Delay(int tries) => tries switch
    {
        < 7 => TimeSpan.FromSeconds(5 << tries),
        < 13 => TimeSpan.FromMinutes(10),
        _ => TimeSpan.FromHours(1),
    };
}
