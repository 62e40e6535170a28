using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Retention;

/// <summary>Prunes and erases by the store's steps, one after the other.</summary>
internal sealed class DataRetention(IStore store, ChannelRegistry channels, NodeSignal signal, WorkQueue work, TimeProvider time) : IDataRetention
{
    public const int StepSize = 1_000;

    private const int InboxPage = 1_000;

    // A node hands nothing over on a control state older than 0.8 s: by then it knows, or it has stopped.
    private static readonly TimeSpan Heard = TimeSpan.FromSeconds(1);

    private const int MostWaits = 5;

    public async Task<PruneResult> PruneExecutionsAsync(TimeSpan age, string? organizationId = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(age, TimeSpan.Zero);
        var endedBefore = time.GetUtcNow() is var now && age.Ticks <= now.UtcTicks ? now - age : DateTimeOffset.MinValue;
        var (executions, recipients) = (0, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = await store.Retention.PruneAsync(endedBefore, organizationId, StepSize, cancellationToken).ConfigureAwait(false);
            if (step.Done)
            {
                return new(executions, recipients);
            }

            executions += step.Executions;
            recipients += step.Recipients;
        }
    }

    public async Task<ContactErasure?> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default)
    {
        // From here on claims and nodes know that nobody may write to the person; if the process dies, that stays.
        var now = time.GetUtcNow();
        var deleted = await store.Contacts.UpdateAsync(organizationId, contact, c => c with { DeletedAt = now, UpdatedAt = now }, cancellationToken).ConfigureAwait(false);
        var known = deleted ?? (await store.Contacts.FindAsync(organizationId, [contact], cancellationToken).ConfigureAwait(false)).SingleOrDefault();

        // By how long ago it may have been deleted at most, since another clock may have said when.
        var heardAt = deleted is not null || known?.DeletedAt > now - Heard ? time.GetUtcNow() + Heard : now;
        var (found, inFlight) = await EraseRecipientsAsync(organizationId, contact, heardAt, cancellationToken).ConfigureAwait(false);
        if (inFlight > 0)
        {
            return new(found, inFlight);
        }

        await store.Retention.EraseUploadRowsAsync(organizationId, contact, cancellationToken).ConfigureAwait(false);
        var ours = channels.List(organizationId).Select(c => c.Id).ToList();
        await store.Retention.EraseConversationsAsync(contact, ours, cancellationToken).ConfigureAwait(false);
        if (known is null)
        {
            return found == 0 ? null : new(found, 0);
        }

        await EraseInboxAsync(known.WhatsAppId, ours, cancellationToken).ConfigureAwait(false);
        await store.Retention.EraseContactAsync(organizationId, contact, cancellationToken).ConfigureAwait(false);

        // Again for whoever was just being planned while the contact was still there.
        return new(Math.Max(found, (await EraseRecipientsAsync(organizationId, contact, heardAt, cancellationToken).ConfigureAwait(false)).Found), 0);
    }

    private async Task<(int Found, int InFlight)> EraseRecipientsAsync(
        string organizationId, ContactId contact, DateTimeOffset heardAt, CancellationToken cancellationToken)
    {
        var found = 0;
        var inFlight = new List<RecipientId>();
        string? position = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = await store.Retention.FindRecipientsAsync(organizationId, contact, position, cancellationToken).ConfigureAwait(false);
            found += part.Recipients.Count;
            if (part.Recipients.Any(r => r.Open) && heardAt - time.GetUtcNow() is { Ticks: > 0 } left)
            {
                await work.DelayAsync(left, time, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }

            inFlight.AddRange(await EndAsync([.. part.Recipients.Select(r => r.Id)], cancellationToken).ConfigureAwait(false));
            position = part.Next;
        }
        while (position is not null);

        for (var wait = 0; inFlight.Count > 0 && wait < MostWaits; wait++)
        {
            await work.DelayAsync(Heard, time, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var waiting = inFlight.Chunk(500).ToList();
            inFlight.Clear();
            foreach (var part in waiting)
            {
                inFlight.AddRange(await EndAsync(part, cancellationToken).ConfigureAwait(false));
            }
        }

        return (found, inFlight.Count);
    }

    private async Task<IReadOnlyList<RecipientId>> EndAsync(RecipientId[] recipients, CancellationToken cancellationToken)
    {
        if (recipients.Length == 0)
        {
            return [];
        }

        if (await store.Recipients.TransitionAsync([.. recipients.Select(id => new RecipientTransition(id, ErasureRules.End))], [], cancellationToken).ConfigureAwait(false) > 0)
        {
            // An execution in which nobody else is open has ended by that.
            signal.Wake();
        }

        return await store.Retention.EraseRecipientsAsync(recipients, cancellationToken).ConfigureAwait(false);
    }

    // Receipts hold no words of a person and still settle what they are about; replies go, whatever they would have settled.
    private async Task EraseInboxAsync(string number, List<string> ours, CancellationToken cancellationToken)
    {
        var forms = BrazilianNinthDigit.Variants(number);
        string? position = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = await store.Retention.ReadRepliesAsync(position, InboxPage, cancellationToken).ConfigureAwait(false);
            var theirs = part.Entries.Where(e => e.Event is InboundEvent.Reply { From: { } from } && forms.Contains(from) && ours.Contains(e.Event.ChannelId)).Select(e => e.Id).ToList();
            if (theirs.Count > 0)
            {
                await store.Inbox.DropAsync(theirs, cancellationToken).ConfigureAwait(false);
            }

            position = part.Next;
        }
        while (position is not null);
    }
}
