using System.Buffers.Binary;
using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Variables;

namespace FlowDispatch.Audiences;

/// <summary>Turns members of an audience into recipients of one execution: who may be written to, with which variables. The preview calls the same code.</summary>
public sealed class RecipientPlanner
{
    private const int LongestReason = 1_000;

    private readonly IStore _store;
    private readonly Execution _execution;
    private readonly Channel? _channel;
    private readonly VariableMapping _mapping;
    private readonly VariableMapping? _unsourced;
    private readonly SourcedValues? _sourced;
    private readonly bool _readsOwnZones;
    private readonly bool _translated;

    /// <summary>A planner for one execution; its mapping is compiled once.</summary>
    /// <param name="store">Where contacts are.</param>
    /// <param name="engine">Reads the mapping's templates.</param>
    /// <param name="execution">The execution, or one that would be.</param>
    /// <param name="channel">Its channel; null when it is gone.</param>
    /// <param name="sources">The host's variable sources.</param>
    /// <param name="preview">Whether sources are only asked for what they would show.</param>
    /// <exception cref="VariableMappingException">The mapping can't be compiled.</exception>
    public RecipientPlanner(IStore store, ITemplateEngine engine, Execution execution, Channel? channel, VariableSourceDirectory sources, bool preview = false)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(execution);
        ArgumentNullException.ThrowIfNull(sources);
        _store = store;
        _execution = execution;
        _channel = channel;
        _mapping = sources.Compile(execution.Snapshot.Settings.VariableMapping, engine);
        Sources = sources.UsedBy(execution.Snapshot, _mapping);
        if (Sources.Count > 0)
        {
            _unsourced = _mapping.Without(Sources);
            _sourced = new(sources.Calls, execution, _mapping, Sources, preview);
        }

        _readsOwnZones = execution.Snapshot.Settings is { Window: not null, WindowTimeZoneMode: WindowTimeZoneMode.Recipient };
        _translated = FlowProgram.IsTranslated(execution.Snapshot.FlowNodes);
    }

    /// <summary>The variable sources that are asked for each batch.</summary>
    internal IReadOnlyList<string> Sources { get; }

    /// <summary>What a preview showed of them so far.</summary>
    internal IReadOnlyList<PreviewedSource> Previewed => _sourced?.Previewed ?? [];

    /// <summary>Is told the paths that are nothing for a person, whatever the policy then makes of it; null where nobody asks.</summary>
    internal Action<ContactId, IReadOnlyList<string>>? Missing { get; init; }

    /// <summary>Plans members together.</summary>
    /// <param name="members">At most 1,000, in the audience's order.</param>
    /// <param name="createPeople">Whether people known only by number become contacts; a dry run makes none, and gives unknown ones an id that nothing has (<see cref="IsUnknown"/>).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="VariableSourceException">A variable source can't answer: nobody of these is planned.</exception>
    /// <returns>The recipients in the same order; those of unnamed members that may not be written to are left out, and so are repetitions.</returns>
    public async Task<IReadOnlyList<PlannedRecipient>> PlanAsync(
        IReadOnlyList<AudienceMember> members, bool createPeople, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        var contacts = await FindAsync(members, createPeople, cancellationToken).ConfigureAwait(false);
        var planned = new List<PlannedRecipient>(members.Count);
        var asked = new List<(int Place, AudienceMember Member, Contact Contact)>();
        var seen = new HashSet<ContactId>(members.Count);
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            if (contacts[i] is not { } contact)
            {
                if (member.ContactId is { } unknown && member.Named && seen.Add(unknown))
                {
                    planned.Add(Unusable(unknown, "", ReasonCodes.NotFound, "No contact of this organization has this id."));
                }

                continue;
            }

            if (!seen.Add(contact.Id) || Begin(member, contact) is not { } recipient)
            {
                continue;
            }

            if (recipient.Status != RecipientStatus.Pending)
            {
                planned.Add(recipient);
            }
            else if (_unsourced is null)
            {
                planned.Add(Resolve(recipient, _mapping, Scope(member, contact), member.Kept));
            }
            else
            {
                // Who lacks something else already is not asked for: nothing is given away for nobody.
                var unsourced = Resolve(recipient, _unsourced, Scope(member, contact), member.Kept);
                if (unsourced.Status == RecipientStatus.Pending)
                {
                    asked.Add((planned.Count, member, contact));
                    unsourced = recipient;
                }

                planned.Add(unsourced);
            }
        }

        if (_sourced is not null)
        {
            var sourced = await _sourced.AskAsync(asked.ConvertAll(a => (a.Contact, a.Member.Row)), cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < asked.Count; i++)
            {
                var (place, member, contact) = asked[i];
                planned[place] = sourced[i].FirstOrDefault(s => !ValueBounds.Fit(s.Value)).Key is { } tooLarge
                    ? planned[place] with
                    {
                        Status = RecipientStatus.Failed,
                        ErrorCode = ReasonCodes.TemplateError,
                        ErrorMessage = $"The values of \"{tooLarge}\" for this person are larger than {ValueBounds.MostCharacters:N0} characters.",
                    }
                    : Resolve(planned[place], _mapping, Scope(member, contact) with { Sources = sourced[i] }, member.Kept);
            }
        }

        return planned;
    }

    /// <summary>Whether an id stands for a person who would become a contact only by a start; dry runs give such.</summary>
    public static bool IsUnknown(ContactId contact) => contact.Value.Version == 0;

    private static PlannedRecipient Unusable(ContactId contact, string number, string code, string message) =>
        new() { ContactId = contact, PhoneNumber = number, Status = RecipientStatus.Skipped, ErrorCode = code, ErrorMessage = message };

    private PlannedRecipient? Begin(AudienceMember member, Contact contact)
    {
        if (Eligibility.Refusal(contact.Suppression, _execution.Snapshot.Settings) is { } refusal)
        {
            return member.Named
                ? Unusable(contact.Id, contact.WhatsAppId, refusal.Code, refusal.Message) with { ContactName = contact.Name, TimeZone = ZoneOf(contact) }
                : null;
        }

        return new()
        {
            ContactId = contact.Id,
            PhoneNumber = contact.WhatsAppId,
            ContactName = contact.Name,
            TimeZone = ZoneOf(contact),
        };
    }

    private PlannedRecipient Resolve(PlannedRecipient recipient, VariableMapping mapping, VariableScope scope, IReadOnlyDictionary<string, string>? kept)
    {
        var settings = _execution.Snapshot.Settings;
        try
        {
            var resolved = mapping.Resolve(scope, kept);
            recipient = recipient with { Variables = WithLanguage(resolved.Values, scope.Contact) };
            if (resolved.Missing.Count > 0)
            {
                Missing?.Invoke(recipient.ContactId, resolved.Missing);
            }

            if (resolved.Missing.Count == 0 || settings.MissingVariablePolicy == MissingVariablePolicy.Empty)
            {
                return recipient;
            }

            return recipient with
            {
                Status = settings.MissingVariablePolicy == MissingVariablePolicy.Skip ? RecipientStatus.Skipped : RecipientStatus.Failed,
                ErrorCode = ReasonCodes.MissingVariable,
                ErrorMessage = Without(resolved.Missing),
            };
        }
        catch (TemplateRenderException broken)
        {
            // One person's data must not stop the run: this one fails, with the limit or filter that was broken.
            return recipient with { Status = RecipientStatus.Failed, ErrorCode = ReasonCodes.TemplateError, ErrorMessage = broken.Message };
        }
    }

    // Frozen like every other value; a variable of that name in the mapping says it instead.
    private IReadOnlyDictionary<string, string> WithLanguage(IReadOnlyDictionary<string, string> values, Contact contact) =>
        !_translated || contact.Language is null || values.ContainsKey(FlowProgram.LanguageVariable)
            ? values
            : new Dictionary<string, string>(values, StringComparer.Ordinal) { [FlowProgram.LanguageVariable] = contact.Language };

    // It is kept with every such recipient, and a path may be as long as a template.
    private static string Without(IReadOnlyList<string> paths)
    {
        var text = $"This person has no value for {string.Join(", ", paths)}.";
        return text.Length <= LongestReason ? text : text[..(LongestReason - 1)] + "…";
    }

    // Kept with the recipient, so that engine, forecast and explanation read the same clock whatever becomes of the contact.
    private string? ZoneOf(Contact contact) =>
        contact.TimeZone ?? (_readsOwnZones ? CountryTimeZones.Find(contact.WhatsAppId) : null);

    private VariableScope Scope(AudienceMember member, Contact contact) => new()
    {
        Contact = contact,
        Row = member.Row,
        AutomationId = _execution.AutomationId,
        AutomationName = _execution.Snapshot.Settings.Name,
        ExecutionId = _execution.Id,
        Channel = _channel,
    };

    private async Task<Contact?[]> FindAsync(IReadOnlyList<AudienceMember> members, bool createPeople, CancellationToken cancellationToken)
    {
        var organization = _execution.OrganizationId;
        var ids = members.Where(m => m.Contact is null && m.ContactId is not null).Select(m => m.ContactId!.Value).Distinct().ToList();
        var byId = ids.Count == 0
            ? []
            : (await _store.Contacts.FindAsync(organization, ids, cancellationToken).ConfigureAwait(false)).ToDictionary(c => c.Id);

        var people = members.Where(m => m.Person is not null).Select(m => m.Person!).DistinctBy(p => p.WhatsAppId, StringComparer.Ordinal).ToList();
        var byNumber = people.Count == 0
            ? []
            : createPeople
                ? (await _store.Contacts.UpsertAsync(organization, people, ContactUpdateMode.Fill, revive: false, cancellationToken).ConfigureAwait(false))
                    .ToDictionary(r => r.Contact.WhatsAppId, r => r.Contact, StringComparer.Ordinal)
                : (await _store.Contacts.FindByNumberAsync(organization, [.. people.Select(p => p.WhatsAppId)], cancellationToken).ConfigureAwait(false))
                    .ToDictionary(c => c.WhatsAppId, StringComparer.Ordinal);

        var found = new Contact?[members.Count];
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            found[i] = member.Contact
                ?? (member.ContactId is { } id ? byId.GetValueOrDefault(id)
                    : byNumber.TryGetValue(member.Person!.WhatsAppId, out var known) ? known
                    : createPeople ? null : Unknown(member.Person));
        }

        return found;
    }

    // The number itself is the id, so that a person who comes twice is one person.
    private Contact Unknown(ContactUpsert person)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], ulong.TryParse(person.WhatsAppId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0);
        return ContactMerge.Create(_execution.OrganizationId, new ContactId(new Guid(bytes, bigEndian: true)), person, _execution.CreatedAt);
    }
}
