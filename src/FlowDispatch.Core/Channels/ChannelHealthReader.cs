using FlowDispatch.Executions;
using FlowDispatch.Limits;
using FlowDispatch.Storage;

namespace FlowDispatch.Channels;

/// <summary>Reads how channels fare from what nodes share: the holds of their rates, and executions that a refusal paused.</summary>
/// <param name="store">Where both are kept.</param>
public sealed class ChannelHealthReader(IStore store)
{
    private const string Refusal = "The channel refused with ";

    // An execution is read for each that is paused; whoever has more of them learns of a refusal by the newest.
    private const int MostPaused = 100;

    /// <summary>What an execution's status reason is that a refusal pauses.</summary>
    internal static string RefusalOf(string code, string reason) => $"{Refusal}{code}: {reason} Mend it, then resume.";

    /// <summary>How an organization's channels fare, by their ids; those that are left out are <see cref="ChannelHealth.Ok"/>.</summary>
    public async Task<IReadOnlyDictionary<string, ChannelHealth>> ReadAsync(string organizationId, IReadOnlyCollection<Channel> channels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channels);
        var control = await store.Claims.ReadControlAsync(0, cancellationToken).ConfigureAwait(false);
        var health = new Dictionary<string, ChannelHealth>(StringComparer.Ordinal);
        foreach (var channel in channels)
        {
            if (control.Held.TryGetValue(LimitKeys.Channel(channel.Id), out var until) && until > control.Now)
            {
                health[channel.Id] = new(ChannelStatus.Held, until);
            }
        }

        var ids = channels.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var paused in control.Executions.Where(e => e.Status == ExecutionStatus.Paused).OrderByDescending(e => e.Number).Take(MostPaused))
        {
            if (await store.Executions.FindByNumberAsync(paused.Number, cancellationToken).ConfigureAwait(false) is { } execution
                && execution.OrganizationId == organizationId && ids.Contains(execution.Snapshot.Settings.ChannelId)
                && execution.StatusReason?.StartsWith(Refusal, StringComparison.Ordinal) is true)
            {
                health[execution.Snapshot.Settings.ChannelId] = new(ChannelStatus.Refused, Reason: execution.StatusReason);
            }
        }

        return health;
    }
}
