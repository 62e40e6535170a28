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
        group.MapApi("GET", "/whatsapp-numbers", FlowDispatchRole.Viewer, List);

    private static Task<IResult> List(ApiRequest request)
    {
        request.Allow();
        var page = request.Query.Page();
        request.Query.Done();
        var channels = request.Service<ChannelRegistry>().List(request.OrganizationId);
        var shown = channels.Skip(page.Request.Offset).Take(page.Request.Size).ToList();
        return Task.FromResult(Listing.Of(page, new Page<Channel>(shown, channels.Count, NextCursor: null), ChannelAnswer.Of));
    }

    private sealed record ChannelAnswer(string Id, string? DisplayName, string Kind, string ProviderId, int? MessagesPerSecond, bool HasConversationWindow)
    {
        public static ChannelAnswer Of(Channel channel) =>
            new(channel.Id, channel.DisplayName, channel.Kind, channel.ProviderId, channel.MessagesPerSecond, channel.HasConversationWindow);
    }
}
