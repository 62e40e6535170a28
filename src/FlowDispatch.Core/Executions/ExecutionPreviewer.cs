using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Flows;
using FlowDispatch.Limits;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Validation;
using FlowDispatch.Variables;

namespace FlowDispatch.Executions;

/// <summary>Says what a start would do: planner, flow, gate and limits are the engine's own, only nothing is kept, counted or sent.</summary>
/// <remarks>What only the run can show is not foretold: failures and retries, how long the sender takes, replies, later opt-outs, other runs on the same limits.</remarks>
/// <param name="store">Where contacts are.</param>
/// <param name="starter">Makes the execution that would be.</param>
/// <param name="audiences">The audiences by type.</param>
/// <param name="channels">The channels.</param>
/// <param name="engine">Reads templates.</param>
/// <param name="sources">The host's variable sources, of which nothing is taken.</param>
/// <param name="time">The clock.</param>
public sealed class ExecutionPreviewer(
    IStore store, ExecutionStarter starter, AudienceDirectory audiences, ChannelRegistry channels, ITemplateEngine engine, VariableSourceDirectory sources, TimeProvider time)
{
    /// <summary>Most recipients shown.</summary>
    public const int MaxRecipients = 100;

    private const int BatchSize = 1_000;

    /// <summary>Reads the whole audience.</summary>
    /// <param name="automation">The automation.</param>
    /// <param name="limit">How many recipients are shown, 1 to 100.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidFieldsException">A start would be refused for its settings, or the audience can't be resolved.</exception>
    public async Task<ExecutionPreview> PreviewAsync(Automation automation, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(automation);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxRecipients);
        var execution = await starter.PrepareAsync(automation, new StartRequest(), cancellationToken).ConfigureAwait(false);
        var channel = channels.Find(automation.OrganizationId, automation.Settings.ChannelId)!;
        var survey = new ExecutionSurvey(
            execution, channel, new FlowProgram(execution.Snapshot, engine), limit, time.GetUtcNow(), audiences.Find(automation.Settings.AudienceType) is { IsDistinct: true });
        var missing = new Dictionary<ContactId, IReadOnlyList<string>>();
        var planner = new RecipientPlanner(store, engine, execution, channel, sources, preview: true) { Missing = (contact, paths) => missing[contact] = paths };
        try
        {
            await foreach (var members in audiences.StreamAsync(execution, after: null, cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                missing.Clear();
                var planned = await planner.PlanAsync(members, createPeople: false, cancellationToken).ConfigureAwait(false);
                var contacts = planned.Where(p => p.Status == RecipientStatus.Pending).Select(p => p.ContactId).ToList();
                var conversations = channel.HasConversationWindow
                    ? await store.Contacts.FindConversationsAsync(channel.Id, contacts, cancellationToken).ConfigureAwait(false)
                    : null;
                var capped = automation.Settings.FrequencyCap is { } cap
                    ? await new FrequencyCaps(store, channel.Id, cap).PeekAsync(contacts, time.GetUtcNow(), cancellationToken).ConfigureAwait(false)
                    : null;
                foreach (var recipient in planned)
                {
                    survey.Add(
                        recipient,
                        missing.GetValueOrDefault(recipient.ContactId, []),
                        conversations?.TryGetValue(recipient.ContactId, out var conversation) is true ? conversation.At : null,
                        capped?.TryGetValue(recipient.ContactId, out var free) is true ? free : null);
                }
            }
        }
        catch (AudienceUnavailableException gone)
        {
            throw new InvalidFieldsException("audience_config", gone.Message);
        }

        return survey.Result() with { Sources = planner.Previewed };
    }
}
