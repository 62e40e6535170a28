using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Flows;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using FlowDispatch.Validation;

namespace FlowDispatch.Executions;

/// <summary>Starts automations by hand.</summary>
/// <param name="store">Where executions are kept.</param>
/// <param name="validator">Judges the settings once more: flow, channel or upload may be gone since they were kept.</param>
/// <param name="audiences">The audiences by type.</param>
/// <param name="channels">The channels.</param>
/// <param name="signal">Wakes this process's dispatching.</param>
/// <param name="time">The clock.</param>
public sealed class ExecutionStarter(
    IStore store, AutomationValidator validator, AudienceDirectory audiences, ChannelRegistry channels, NodeSignal signal, TimeProvider time)
{
    // Enough to meet somebody in any audience that is worth starting; behind that an empty one ends completed with nobody.
    private const int FirstRead = 1_000;

    /// <summary>Makes a queued execution with the automation's settings and its flow's newest version frozen, and the automation active.</summary>
    /// <param name="automation">The automation.</param>
    /// <param name="request">How.</param>
    /// <param name="respond">Makes the answer to keep under the request's idempotency key; null without a key.</param>
    /// <param name="cancellationToken">Gives up with nothing started.</param>
    /// <exception cref="WrongStateException">The automation is archived.</exception>
    /// <exception cref="InvalidFieldsException">The settings can't run any more, the audience is empty, or the flow may not open conversations on its channel.</exception>
    public async Task<ExecutionCreation> StartAsync(
        Automation automation, StartRequest request, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(automation);
        ArgumentNullException.ThrowIfNull(request);
        if (automation.Status == AutomationStatus.Archived)
        {
            throw new WrongStateException("archived", "The automation is archived and can't be started; duplicate it to go on from it.");
        }

        var execution = await PrepareAsync(automation, request, cancellationToken).ConfigureAwait(false);
        await ThrowIfNobodyAsync(execution, cancellationToken).ConfigureAwait(false);
        var creation = await store.Executions.CreateAsync(execution, respond, cancellationToken).ConfigureAwait(false);
        signal.Wake();
        return creation;
    }

    /// <summary>The execution that a start would make; nothing is kept.</summary>
    /// <param name="automation">The automation.</param>
    /// <param name="request">How.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidFieldsException">The settings can't run any more, or the flow may not open conversations on its channel.</exception>
    public Task<Execution> PrepareAsync(Automation automation, StartRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(automation);
        ArgumentNullException.ThrowIfNull(request);
        return PrepareAsync(automation, request, withAudience: true, cancellationToken);
    }

    /// <summary>The execution that a repair would make. The automation's own audience may be gone: nobody is taken from it.</summary>
    internal async Task<Execution> PrepareRepairAsync(Automation automation, Execution repaired, RepairRequest repair, CancellationToken cancellationToken)
    {
        var old = repaired.Snapshot;
        var request = new StartRequest { TestMode = old.TestMode, TestContactIds = old.TestContactIds };
        var execution = await PrepareAsync(automation, request, withAudience: false, cancellationToken).ConfigureAwait(false);
        return execution with
        {
            RepairOf = repaired.Id,
            Snapshot = execution.Snapshot with { Repair = repair, RowsOf = old.RowsOf ?? repaired.Id },
        };
    }

    private async Task<Execution> PrepareAsync(Automation automation, StartRequest request, bool withAudience, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        CheckTest(request, errors);
        await validator.CheckAsync(automation.OrganizationId, automation.Settings, errors, withAudience, cancellationToken).ConfigureAwait(false);
        var flow = await store.Flows.FindAsync(automation.OrganizationId, automation.Settings.FlowId, version: null, cancellationToken).ConfigureAwait(false);
        var channel = channels.Find(automation.OrganizationId, automation.Settings.ChannelId);
        if (flow is not null && channel is { HasConversationWindow: true }
            && automation.Settings.WindowPolicy.Kind == WindowPolicyKind.Reject && FirstSending(flow.Nodes) is FlowNode.Message first)
        {
            errors.Add(
                "window_policy",
                $"is \"reject\" and the flow begins with the message \"{first.Id}\": on this channel only a template may open a conversation. Begin with a template, or set window_policy to \"skip\", \"allow\" or {{\"template\": …}}.");
        }

        errors.ThrowIfAny();
        return new()
        {
            Id = ExecutionId.New(time),
            OrganizationId = automation.OrganizationId,
            AutomationId = automation.Id,
            Status = ExecutionStatus.Queued,
            Type = ExecutionType.Manual,
            CreatedAt = time.GetUtcNow(),
            Snapshot = new()
            {
                Settings = automation.Settings,
                FlowVersion = flow!.Version,
                FlowNodes = flow.Nodes,
                VariableSources = validator.FindSources(automation.Settings),
                TestMode = request.TestMode,
                TestContactIds = request.TestContactIds,
            },
        };
    }

    private static void CheckTest(StartRequest request, FieldErrors errors)
    {
        var count = request.TestContactIds.Count;
        if (request.TestMode && count is 0 or > StartRequest.MaxTestContacts)
        {
            errors.Add("test_contact_ids", $"must name from 1 to {StartRequest.MaxTestContacts} contacts when test_mode is true.");
        }
        else if (!request.TestMode && count > 0)
        {
            errors.Add("test_contact_ids", "is only for test_mode; set test_mode to true to send to these contacts alone.");
        }
    }

    private static FlowNode? FirstSending(IReadOnlyList<FlowNode> nodes)
    {
        FlowNode? node = nodes.OfType<FlowNode.Start>().Single();
        while (node is FlowNode.Start start)
        {
            node = nodes.FirstOrDefault(n => n.Id == start.Next);
        }

        return node;
    }

    private async Task ThrowIfNobodyAsync(Execution execution, CancellationToken cancellationToken)
    {
        var settings = execution.Snapshot.Settings;
        try
        {
            var read = 0;
            await foreach (var member in audiences.StreamAsync(execution, after: null, cancellationToken).ConfigureAwait(false))
            {
                if (member.Named || Eligibility.Refusal(member.Contact?.Suppression ?? ContactSuppression.None, settings) is null || ++read == FirstRead)
                {
                    return;
                }
            }
        }
        catch (AudienceUnavailableException gone)
        {
            throw new InvalidFieldsException("audience_config", gone.Message);
        }

        throw new InvalidFieldsException("audience_config", "The audience is empty: nobody in it can be written to.");
    }
}
