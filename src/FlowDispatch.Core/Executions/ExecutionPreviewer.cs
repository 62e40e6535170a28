using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Dispatching;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Validation;

namespace FlowDispatch.Executions;

/// <summary>Says what a start would do: the planner, the flow and the gate are the engine's own, only nothing is kept or sent.</summary>
/// <remarks>What only the moment of sending can tell (an open conversation, the frequency cap, a later opt-out) is not foretold.</remarks>
/// <param name="store">Where contacts are.</param>
/// <param name="starter">Makes the execution that would be.</param>
/// <param name="audiences">The audiences by type.</param>
/// <param name="channels">The channels.</param>
/// <param name="engine">Reads templates.</param>
/// <param name="time">The clock.</param>
public sealed class ExecutionPreviewer(
    IStore store, ExecutionStarter starter, AudienceDirectory audiences, ChannelRegistry channels, ITemplateEngine engine, TimeProvider time)
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
        var survey = new Survey(execution, channel, new FlowProgram(execution.Snapshot, engine), limit, time.GetUtcNow());
        var planner = new RecipientPlanner(store, engine, execution, channel);
        try
        {
            await foreach (var members in audiences.StreamAsync(execution, after: null, cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                foreach (var recipient in await planner.PlanAsync(members, createPeople: false, cancellationToken).ConfigureAwait(false))
                {
                    survey.Add(recipient);
                }
            }
        }
        catch (AudienceUnavailableException gone)
        {
            throw new InvalidFieldsException("audience_config", gone.Message);
        }

        return survey.Result();
    }

    private sealed class Survey(Execution execution, Channel channel, FlowProgram program, int limit, DateTimeOffset now)
    {
        private readonly Gate _gate = new(execution, program, channel);
        private readonly HashSet<ContactId> _seen = [];
        private readonly Dictionary<(RecipientStatus Status, string Code), int> _refused = [];
        private readonly List<PreviewedRecipient> _shown = [];
        private int _eligible;

        public void Add(PlannedRecipient planned)
        {
            if (!_seen.Add(planned.ContactId))
            {
                return;
            }

            var recipient = Judge(planned);
            if (recipient.Status == RecipientStatus.Pending)
            {
                _eligible++;
            }
            else
            {
                var reason = (recipient.Status, recipient.ErrorCode ?? "");
                _refused[reason] = _refused.GetValueOrDefault(reason) + 1;
            }

            if (_shown.Count < limit)
            {
                _shown.Add(Render(recipient));
            }
        }

        public ExecutionPreview Result()
        {
            var settings = execution.Snapshot.Settings;
            var zone = LocalTime.FindZone(settings.ExecutionTimeZone) ?? TimeZoneInfo.Utc;
            var spacing = Forecast.Spacing(settings, channel);
            var messages = (long)_eligible * Nodes().Count();
            return new()
            {
                Total = _seen.Count,
                Eligible = _eligible,
                Skipped = Count(RecipientStatus.Skipped),
                Failed = Count(RecipientStatus.Failed),
                Recipients = _shown,
                Messages = messages,
                Spacing = spacing,
                FirstMessageAt = messages == 0 ? null : settings.Window?.NextOpening(now, zone) ?? now,
                EstimatedCompletionTime = messages == 0 ? null : Forecast.Finish(now, messages, spacing, settings.Window, zone),
            };
        }

        // The gate knows people who can never be sent to, whatever the hour: it is asked as if their conversation were open.
        private PlannedRecipient Judge(PlannedRecipient planned) =>
            planned.Status == RecipientStatus.Pending
            && _gate.Decide(planned.At(execution with { Number = 1 }, ordinal: 0, now), ContactSuppression.None, conversationAt: now, now) is GateDecision.Never never
                ? planned with { Status = RecipientStatus.Skipped, ErrorCode = never.Code, ErrorMessage = never.Message }
                : planned;

        private PreviewedRecipient Render(PlannedRecipient recipient)
        {
            var messages = new List<PreviewedMessage>();
            var errors = new List<PreviewError>();
            if (recipient.Status == RecipientStatus.Pending)
            {
                foreach (var (node, opening) in Openings().Concat(Nodes().Select(n => (n, false))))
                {
                    try
                    {
                        messages.Add(new(opening ? null : node, program.Render(node, opening, recipient.Variables)));
                    }
                    catch (TemplateRenderException broken)
                    {
                        errors.Add(new(opening ? null : node, broken.Message));
                    }
                }
            }

            return new(recipient, messages, errors);
        }

        private IEnumerable<(string Node, bool Opening)> Openings() =>
            channel.HasConversationWindow && !program.OpensWithTemplate && execution.Snapshot.Settings.WindowPolicy.Kind == WindowPolicyKind.Template
                ? [(program.Entry, true)]
                : [];

        private IEnumerable<string> Nodes()
        {
            for (var step = program.StepTo(program.Entry); step is RunStep.Send send; step = program.After(send.Node, opening: false, now))
            {
                yield return send.Node;
            }
        }

        private IReadOnlyList<ErrorCount> Count(RecipientStatus status) =>
            [.. _refused.Where(r => r.Key.Status == status).Select(r => new ErrorCount(r.Key.Code, r.Value)).OrderByDescending(c => c.Count).ThenBy(c => c.Code, StringComparer.Ordinal)];
    }
}
