using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Limits;
using FlowDispatch.Recipients;
using FlowDispatch.Uploads;

namespace FlowDispatch.Storage.InMemory;

/// <summary>All that the in-memory store keeps. Every access holds <see cref="Gate"/>.</summary>
internal sealed class Tables(TimeProvider time)
{
    private long _token;
    private int _number;

    public Lock Gate { get; } = new();

    public DateTimeOffset Now => time.GetUtcNow();

    public Dictionary<ContactId, Contact> Contacts { get; } = [];

    /// <summary>Who must not be written to, those who were erased among them: mostly few beside all contacts, so that claims look here.</summary>
    public Dictionary<ContactId, ContactSuppression> Suppressed { get; } = [];

    public Dictionary<(string Organization, string Number), ContactId> Numbers { get; } = [];

    public Dictionary<string, SortedSet<string>> CustomFields { get; } = [];

    public List<SuppressedContact> Suppressions { get; } = [];

    public Dictionary<UploadId, UploadEntry> Uploads { get; } = [];

    public Dictionary<FlowId, List<Flow>> Flows { get; } = [];

    public Dictionary<AutomationId, Automation> Automations { get; } = [];

    public Dictionary<(string Organization, string Key), IdempotencyEntry> Idempotency { get; } = [];

    /// <summary>By number; those that were pruned are gone.</summary>
    public List<ExecutionEntry> Executions { get; } = [];

    public Dictionary<int, ExecutionEntry> ExecutionsByNumber { get; } = [];

    public Dictionary<ExecutionId, ExecutionEntry> ExecutionsById { get; } = [];

    public Dictionary<long, LeaseEntry> Leases { get; } = [];

    public Dictionary<string, ChannelEntry> Channels { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, BucketEntry> Buckets { get; } = [];

    public SortedDictionary<long, InboxRow> Inbox { get; } = [];

    /// <summary>Executions that nobody finds any more and whose rows are not deleted yet, oldest first.</summary>
    public Queue<ExecutionEntry> Pruned { get; } = new();

    /// <summary>What pruned executions left of their automations' sums.</summary>
    public Dictionary<AutomationId, AutomationTotals> KeptTotals { get; } = [];

    /// <summary>The keys of the organizations' digests.</summary>
    public Dictionary<string, string> DigestKeys { get; } = [];

    public Dictionary<(string Organization, string Digest), KeptSuppression> Erased { get; } = [];

    public long NextToken() => ++_token;

    public int NextNumber() => ++_number;

    public ChannelEntry Channel(string id) => Channels.TryGetValue(id, out var channel) ? channel : Channels[id] = new();

    public void Keep(Contact contact)
    {
        Contacts[contact.Id] = contact;
        if (contact.Suppression == ContactSuppression.None)
        {
            Suppressed.Remove(contact.Id);
        }
        else
        {
            Suppressed[contact.Id] = contact.Suppression;
        }
    }

    public void Erase(ContactId contact)
    {
        Contacts.Remove(contact);
        Suppressed[contact] = ContactSuppression.Deleted;
    }

    public ExecutionEntry? Execution(int number) => ExecutionsByNumber.GetValueOrDefault(number);

    /// <summary>The contact as what is kept of an erased one with its number wants it.</summary>
    public Contact Kept(Contact contact, DateTimeOffset now) =>
        DigestKeys.TryGetValue(contact.OrganizationId, out var key) && Erased.TryGetValue((contact.OrganizationId, NumberDigest.Of(key, contact.WhatsAppId)), out var kept)
            ? kept.ApplyTo(contact, now)
            : contact;

    public ExecutionEntry? Execution(string organizationId, ExecutionId id) =>
        ExecutionsById.TryGetValue(id, out var entry) && entry.Execution.OrganizationId == organizationId ? entry : null;

    /// <summary>The entry that has the key within its lifetime; null when none has.</summary>
    public IdempotencyEntry? Taken(string organizationId, string key, DateTimeOffset now) =>
        Idempotency.TryGetValue((organizationId, key), out var entry) && now - entry.CreatedAt < IdempotencyEntry.Lifetime ? entry : null;

    public static Page<T> Cut<T>(List<T> all, PageRequest page) => new([.. all.Skip(page.Offset).Take(page.Size)], all.Count, null);
}

internal sealed class UploadEntry(Upload upload)
{
    public Upload Upload { get; set; } = upload;

    public bool Complete { get; set; }

    public List<UploadRow> Rows { get; } = [];

    public Dictionary<ContactId, UploadRow> People { get; } = [];
}

internal sealed class InboxRow(InboxEntry entry)
{
    public InboxEntry Entry { get; set; } = entry;

    public DateTimeOffset DueAt { get; set; } = entry.ReceivedAt;
}

internal sealed class LeaseEntry(long token, ExecutionEntry execution, int slots, DateTimeOffset until)
{
    public long Token { get; } = token;

    public ExecutionEntry Execution { get; } = execution;

    public int Slots { get; } = slots;

    public DateTimeOffset Until { get; set; } = until;

    public long Committed { get; set; }

    public List<Slice> Slices { get; } = [];

    public HashSet<int> Due { get; } = [];
}

/// <summary>What leads from a channel's messages and people to recipients, and when people last wrote on it.</summary>
internal sealed class ChannelEntry
{
    public Dictionary<string, RecipientId> Messages { get; } = new(StringComparer.Ordinal);

    /// <summary>By number; those that were pruned are gone.</summary>
    public List<ExecutionEntry> Executions { get; } = [];

    public Dictionary<ContactId, Conversation> Conversations { get; } = [];

    /// <summary>The recipient as whom this person was sent a message last; null where none reached them. Newest first, which is where most are found.</summary>
    public Recipient? Latest(ContactId contact)
    {
        for (var i = Executions.Count - 1; i >= 0; i--)
        {
            if (Executions[i].People.TryGetValue(contact, out var ordinal) && Executions[i].Rows[ordinal] is { Reached: >= Milestone.Sent } row)
            {
                return row;
            }
        }

        return null;
    }
}

internal sealed class BucketEntry
{
    public DateTimeOffset? LastAt { get; set; }

    public Pace Pace { get; set; }
}
