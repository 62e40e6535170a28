namespace FlowDispatch.Channels;

/// <summary>All channels of all directories, by organization and id.</summary>
/// <param name="directories">What adapters and the host registered.</param>
public sealed class ChannelRegistry(IEnumerable<IChannelDirectory> directories)
{
    /// <summary>The organization's channel with this id; null when it has none.</summary>
    public Channel? Find(string organizationId, string id) =>
        All().FirstOrDefault(c => c.Id == id && c.OrganizationId == organizationId);

    /// <summary>The channel with this id, whatever its organization: for what providers send us. Null when there is none.</summary>
    public Channel? Find(string id) => All().FirstOrDefault(c => c.Id == id);

    /// <summary>The organization's channels, by id.</summary>
    public IReadOnlyList<Channel> List(string organizationId) =>
        [.. All().Where(c => c.OrganizationId == organizationId).OrderBy(c => c.Id, StringComparer.Ordinal)];

    private IEnumerable<Channel> All() => directories.SelectMany(d => d.Channels);
}
