using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Templating;

namespace FlowDispatch.Variables;

/// <summary>What one execution's sources say of its people, batch by batch; in a preview what they would show.</summary>
/// <param name="calls">Asks them.</param>
/// <param name="execution">The execution, or one that would be.</param>
/// <param name="mapping">Its mapping, which says what samples are needed.</param>
/// <param name="names">Its sources.</param>
/// <param name="preview">Whether nothing may be given away.</param>
internal sealed class SourcedValues(VariableSourceCalls calls, Execution execution, VariableMapping mapping, IReadOnlyList<string> names, bool preview)
{
    private readonly Dictionary<string, PreviewedSource> _previewed = new(StringComparer.Ordinal);

    /// <summary>What a preview showed of each source.</summary>
    public IReadOnlyList<PreviewedSource> Previewed => [.. names.Select(n => _previewed.GetValueOrDefault(n) ?? new(n, Sample: true))];

    /// <summary>For each person, in their order, the values by root.</summary>
    /// <exception cref="VariableSourceException">One of them can't say.</exception>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>>>> AskAsync(
        IReadOnlyList<(Contact Contact, IReadOnlyDictionary<string, object?>? Row)> people, CancellationToken cancellationToken)
    {
        var scopes = people.Select(_ => new Dictionary<string, IReadOnlyDictionary<string, object?>>(StringComparer.Ordinal)).ToList();
        if (people.Count == 0)
        {
            return scopes;
        }

        var request = new VariableRequest
        {
            OrganizationId = execution.OrganizationId,
            AutomationId = execution.AutomationId,
            ExecutionId = execution.Id,
            TestMode = execution.Snapshot.TestMode,
            People = [.. people.Select(p => new VariablePerson(VariableKeys.Of(execution.Id, p.Contact.Id), p.Contact, p.Row))],
        };
        foreach (var name in names)
        {
            var answer = preview
                ? await PreviewAsync(name, request, cancellationToken).ConfigureAwait(false)
                : await calls.ResolveAsync(name, request, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < scopes.Count; i++)
            {
                if (answer is null)
                {
                    scopes[i][name] = Samples(name);
                }
                else if (answer.TryGetValue(people[i].Contact.Id, out var values) && values is not null)
                {
                    scopes[i][name] = values;
                }
            }
        }

        return scopes;
    }

    // A preview is for looking, so a source that fails in it is shown and not waited for again.
    private async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>?> PreviewAsync(
        string name, VariableRequest request, CancellationToken cancellationToken)
    {
        if (_previewed.TryGetValue(name, out var known) && known.Sample)
        {
            return null;
        }

        try
        {
            var answer = await calls.PreviewAsync(name, request, cancellationToken).ConfigureAwait(false);
            _previewed[name] = new(name, Sample: answer is null);
            return answer;
        }
        catch (VariableSourceException failure)
        {
            _previewed[name] = new(name, Sample: true, failure.Message);
            return null;
        }
    }

    private Dictionary<string, object?> Samples(string name) => mapping.Uses
        .SelectMany(u => u.Reads)
        .Where(r => r.Root == name && r.Field is not null)
        .Select(r => r.Field!)
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(field => field, object? (field) => $"[{name}.{field}]", StringComparer.Ordinal);
}
