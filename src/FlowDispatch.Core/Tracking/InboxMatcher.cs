using System.Collections.Concurrent;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Diagnostics;
using FlowDispatch.Storage;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Tracking;

/// <summary>Finds out whom inbox entries are about, with a few questions to the store for a whole batch.</summary>
/// <remarks>The channel alone decides the organization; whatever a receipt names is believed only within it.</remarks>
internal sealed class InboxMatcher(IStore store, RunDirectory runs, IEnumerable<IChannelDirectory> directories, ILogger logger)
{
    private const int MostAtOnce = 1_000;

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<InboxMatch>> MatchAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        var channels = Channels();
        var matches = entries.Select(e => new InboxMatch(e) { Channel = channels.GetValueOrDefault(e.Event.ChannelId) }).ToList();
        await MatchAttemptsAsync(matches, cancellationToken).ConfigureAwait(false);

        // Of most receipts the attempt that they name has told all there is to know.
        var others = matches.Where(m => m is { Channel: not null, Recipient: null } or { Channel: not null, Entry.Event: InboundEvent.Reply }).ToList();
        if (others.Count > 0)
        {
            await MatchMessagesAsync(others, cancellationToken).ConfigureAwait(false);
            await MatchNumbersAsync(others, cancellationToken).ConfigureAwait(false);
        }

        return matches;
    }

    private Dictionary<string, Channel> Channels()
    {
        var channels = new Dictionary<string, Channel>(StringComparer.Ordinal);
        var ambiguous = new HashSet<string>(StringComparer.Ordinal);
        foreach (var channel in directories.SelectMany(d => d.Channels))
        {
            if (!channels.TryAdd(channel.Id, channel) && channels[channel.Id].OrganizationId != channel.OrganizationId)
            {
                ambiguous.Add(channel.Id);
            }
        }

        // Whose it is can't be told, and it must not be the wrong one's.
        foreach (var id in ambiguous)
        {
            channels.Remove(id);
            if (_told.TryAdd(id, true))
            {
                Log.AmbiguousChannel(logger, id);
            }
        }

        return channels;
    }

    private static string? NamedMessage(InboxMatch match) => match.Entry.Event switch
    {
        InboundEvent.Receipt receipt => receipt.ProviderMessageId,
        InboundEvent.Reply reply => reply.InReplyTo,
        _ => null,
    };

    private static string? Number(InboxMatch match) => (match.Entry.Event as InboundEvent.Reply)?.From;

    private async Task MatchAttemptsAsync(List<InboxMatch> matches, CancellationToken cancellationToken)
    {
        foreach (var match in matches)
        {
            if (match.Channel is not { } channel || (match.Entry.Event as InboundEvent.Receipt)?.NamedAttempt is not { } attempt)
            {
                continue;
            }

            var run = await runs.FindAsync(attempt.Recipient, cancellationToken).ConfigureAwait(false);
            if (run?.OrganizationId == channel.OrganizationId)
            {
                match.Recipient = attempt.Recipient;
                match.Attempt = attempt.Number;
            }
            else if (run is not null)
            {
                Log.ForeignAttempt(logger, match.Entry.Id, channel.Id, attempt.Recipient);
            }
        }
    }

    private async Task MatchMessagesAsync(List<InboxMatch> matches, CancellationToken cancellationToken)
    {
        foreach (var channel in matches.Where(m => m.Recipient is null && !string.IsNullOrEmpty(NamedMessage(m))).GroupBy(m => m.Channel!))
        {
            var messages = channel.Select(m => NamedMessage(m)!).Distinct(StringComparer.Ordinal).ToList();
            var found = await store.Recipients.FindByMessageAsync(channel.Key.Id, messages, cancellationToken).ConfigureAwait(false);
            foreach (var match in channel)
            {
                if (found.TryGetValue(NamedMessage(match)!, out var recipient))
                {
                    match.Found(recipient);
                }
            }
        }
    }

    private async Task MatchNumbersAsync(List<InboxMatch> matches, CancellationToken cancellationToken)
    {
        foreach (var organization in matches.Where(m => !string.IsNullOrEmpty(Number(m))).GroupBy(m => m.Channel!.OrganizationId, StringComparer.Ordinal))
        {
            var numbers = organization.SelectMany(m => BrazilianNinthDigit.Variants(Number(m)!)).Distinct(StringComparer.Ordinal).ToList();
            var contacts = await store.Contacts.FindIdsByNumberAsync(organization.Key, numbers, cancellationToken).ConfigureAwait(false);
            foreach (var match in organization)
            {
                match.Contacts = [.. BrazilianNinthDigit.Variants(Number(match)!).Where(contacts.ContainsKey).Select(n => contacts[n])];
            }
        }

        foreach (var channel in matches.Where(m => m.Recipient is null && m.Contacts.Count > 0).GroupBy(m => m.Channel!))
        {
            await MatchLatestAsync(channel.Key, [.. channel], cancellationToken).ConfigureAwait(false);
        }

        foreach (var match in matches.Where(m => m.Entry.Event is InboundEvent.Reply && m.Contacts.Count == 0 && m.Recipient is not null))
        {
            // The number is withheld, or the contact has another by now: the message that is answered tells who it is.
            var organization = match.Channel!.OrganizationId;
            if (await store.Recipients.FindAsync(organization, match.Recipient!.Value, cancellationToken).ConfigureAwait(false) is { } recipient)
            {
                match.Contacts = [.. (await store.Contacts.FindAsync(organization, [recipient.ContactId], cancellationToken).ConfigureAwait(false)).Select(c => c.Id)];
            }
        }
    }

    // Both forms of a Brazilian number may be contacts of their own: the one who was written to last is meant.
    private async Task MatchLatestAsync(Channel channel, List<InboxMatch> matches, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<ContactId, FoundRecipient>();
        foreach (var contacts in matches.SelectMany(m => m.Contacts).Distinct().Chunk(MostAtOnce))
        {
            foreach (var (contact, recipient) in await store.Recipients.FindLatestAsync(channel.Id, contacts, cancellationToken).ConfigureAwait(false))
            {
                latest[contact] = recipient;
            }
        }

        foreach (var match in matches)
        {
            var found = match.Contacts.Where(latest.ContainsKey).Select(c => latest[c]).ToList();
            if (found.Count > 0)
            {
                match.Found(found.MaxBy(r => r.Id.ExecutionNumber));
            }
        }
    }
}
