using System.Collections.Concurrent;
using FlowDispatch.DependencyInjection;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.AspNetCore.Tests;

/// <summary>The API in a host that also sends, by the real clock, through a sender that keeps what it is given.</summary>
public sealed class DispatchingHost : ApiHost
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<OutgoingMessage>> _first = new(StringComparer.Ordinal);
    private readonly RecordingSender _sender = new();

    protected override TimeProvider Time => TimeProvider.System;

    /// <summary>The first message that leaves for an organization.</summary>
    public Task<OutgoingMessage> FirstMessageAsync(string organization) =>
        First(organization).Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    protected override void Register(FlowDispatchBuilder builder)
    {
        builder.Services.Configure<FlowDispatchOptions>(o => o.Node.Enabled = true);
        builder.Services.AddKeyedSingleton<IMessageSender>("free", _sender);
        _sender.Answer = (message, _) =>
        {
            First(message.Channel.OrganizationId).TrySetResult(message);
            return Task.FromResult(RecordingSender.Accept(message));
        };
    }

    private TaskCompletionSource<OutgoingMessage> First(string organization) =>
        _first.GetOrAdd(organization, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
