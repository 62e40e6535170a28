using FlowDispatch.AspNetCore.Answers;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Channels;
using FlowDispatch.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlowDispatch.AspNetCore.Channels;

/// <summary><c>/whatsapp-numbers</c>: the organization's channels.</summary>
internal static class ChannelEndpoints
{
    public static void MapChannels(this RouteGroupBuilder group) =>
        group.MapApi("GET", "/whatsapp-numbers", FlowDispatchRole.Viewer, ListAsync);

    private static async Task<IResult> ListAsync(ApiRequest request)
    {
        request.Allow();
        var page = request.Query.Page();
        request.Query.Done();
        var channels = request.Service<ChannelRegistry>().List(request.OrganizationId);
        var shown = channels.Skip(page.Request.Offset).Take(page.Request.Size).ToList();
        var health = await request.Service<ChannelHealthReader>().ReadAsync(request.OrganizationId, shown, request.Cancellation).ConfigureAwait(false);
        return Listing.Of(
            page, new Page<Channel>(shown, channels.Count, NextCursor: null), channel => ChannelAnswer.Of(channel, health.GetValueOrDefault(channel.Id, ChannelHealth.Ok)));
    }

    private sealed record ChannelAnswer(string Id, string? DisplayName, string Kind, string ProviderId, int? MessagesPerSecond, bool HasConversationWindow, ChannelHealth Health)
    {
        public static ChannelAnswer Of(Channel channel, ChannelHealth health) =>
            new(channel.Id, channel.DisplayName, channel.Kind, channel.ProviderId, channel.MessagesPerSecond, channel.HasConversationWindow, health);
    }
}
