using System.Collections.Concurrent;
using FlowDispatch.Channels;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Limits;
using FlowDispatch.Nodes;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Dispatching;

/// <summary>What all runners of a node share.</summary>
internal sealed record RunnerServices(IStore Store, ControlView Control, NodeOptions Options, WorkQueue Work, AsyncSlots NodeSlots, TimeProvider Time, Random Random, ConcurrentDictionary<string, ChannelPermits> Channels, Meters Meters, ILogger Logger)
{
    /// <summary>Since when this process has been up.</summary>
    public DateTimeOffset Started { get; } = Time.GetUtcNow();
}

/// <summary>What one runner works with.</summary>
internal sealed record RunnerJob(Execution Execution, Flows.FlowProgram Program, Channel Channel, IMessageSender Sender);
