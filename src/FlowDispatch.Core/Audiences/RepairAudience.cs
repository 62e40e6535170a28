using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Variables;

namespace FlowDispatch.Audiences;

/// <summary>Some of an ended execution's recipients, by their ordinals there, with the rows that its audience knew of them.</summary>
/// <remarks>Everybody is named, so that who may not be written to any more is shown as skipped.</remarks>
internal sealed class RepairAudience(IStore store, AudienceDirectory audiences, VariableSourceDirectory sources, ITemplateEngine engine)
{
    private const int BatchSize = 1_000;

    private static readonly IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>> NoRows = new Dictionary<ContactId, IReadOnlyDictionary<string, object?>>();

    /// <summary>Whom a repair goes to, as they are in the old execution now: a receipt may have settled some since it was asked for.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="execution">The repair.</param>
    /// <param name="after">The ordinal to go on behind; null at the beginning.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public static IAsyncEnumerable<Recipient> PeopleAsync(IStore store, Execution execution, int? after, CancellationToken cancellationToken) =>
        store.Recipients
            .StreamAsync(execution.OrganizationId, execution.RepairOf!.Value, execution.Snapshot.Repair!.Filter, after, cancellationToken)

            // One that failed as a whole and was resumed meanwhile still settles its own doubts.
            .Where(r => !r.Open);

    public async IAsyncEnumerable<AudienceMember> StreamAsync(Execution execution, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var repaired = await FindAsync(execution, execution.RepairOf!.Value, cancellationToken).ConfigureAwait(false)
            ?? throw Gone(execution);
        var first = execution.Snapshot.RowsOf is { } id && id != repaired.Id ? await FindAsync(execution, id, cancellationToken).ConfigureAwait(false) : repaired;
        var keepable = Keepable(repaired.Snapshot.Settings.VariableMapping, execution.Snapshot.Settings.VariableMapping);
        int? place = int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : null;
        await foreach (var people in PeopleAsync(store, execution, place, cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var rows = await RowsAsync(first, people, cancellationToken).ConfigureAwait(false);
            foreach (var person in people)
            {
                var row = rows.GetValueOrDefault(person.ContactId);
                yield return AudienceMember.Of(person.ContactId, person.Id.Ordinal.ToString(CultureInfo.InvariantCulture), row) with
                {
                    Kept = row is null ? Kept(person, keepable) : null,
                };
            }
        }

        // Where it is pruned on the way its people end like a stream that is through; so that some are not taken for all:
        if (await FindAsync(execution, repaired.Id, cancellationToken).ConfigureAwait(false) is null)
        {
            throw Gone(execution);
        }
    }

    private static AudienceUnavailableException Gone(Execution execution) =>
        new($"The execution {execution.RepairOf} is gone, as executions are that were pruned; the people to send to again can't be found any more.");

    // Empty values were missing then and may be found now.
    private static Dictionary<string, string>? Kept(Recipient person, IReadOnlyCollection<string> keepable)
    {
        var kept = keepable
            .Where(name => person.Variables.GetValueOrDefault(name) is { Length: > 0 })
            .ToDictionary(name => name, name => person.Variables[name], StringComparer.Ordinal);
        return kept.Count > 0 ? kept : null;
    }

    // What is not made of rows is resolved anew, and so is what a source gave, who may have taken it back; and a template
    // that was mended must not bring back what it said before.
    private List<string> Keepable(IReadOnlyDictionary<string, JsonElement> then, IReadOnlyDictionary<string, JsonElement> now)
    {
        var mapping = VariableMapping.Compile(now, engine);
        return
        [
            .. mapping.Without(sources.Names).Reading("row")
                .Where(name => then.TryGetValue(name, out var old) && JsonElement.DeepEquals(old, now[name])),
        ];
    }

    private Task<Execution?> FindAsync(Execution execution, ExecutionId id, CancellationToken cancellationToken) =>
        store.Executions.FindAsync(execution.OrganizationId, id, cancellationToken);

    // People of a test run were named for it, without rows.
    private async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> RowsAsync(
        Execution? first, IReadOnlyList<Recipient> people, CancellationToken cancellationToken) =>
        first is { Snapshot: { TestMode: false, Settings: var settings } } && audiences.Find(settings.AudienceType) is { } audience
            ? await audience.FindRowsAsync(first.OrganizationId, settings.AudienceConfig, people, cancellationToken).ConfigureAwait(false)
            : NoRows;
}
