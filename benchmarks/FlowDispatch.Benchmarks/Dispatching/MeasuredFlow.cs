using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Flows;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>What an execution sends, and over which channel.</summary>
internal sealed record MeasuredFlow
{
    private const string Hello = "Hello {{filters}}, you have {{b}} points. As a {{if}} member you get {{c}} off, {{a}}!";

    private static readonly Channel Plain = new() { Id = "channel", OrganizationId = SamplePeople.Organization, Kind = "benchmark", ProviderId = "1" };

    private MeasuredFlow()
    {
    }

    /// <summary>One message of five variables.</summary>
    public static MeasuredFlow OneMessage { get; } = new() { Channel = Plain, WindowPolicy = WindowPolicy.Reject };

    /// <summary>Asks with the window policy's template, waits for the person's answer, and then sends the same message.</summary>
    public static MeasuredFlow AfterReply { get; } = new()
    {
        Channel = Plain with { HasConversationWindow = true },
        WindowPolicy = new(
            WindowPolicyKind.Template,
            new TemplateContent { Name = "offer", Language = "en", Parameters = [new(null, "{{filters}}"), new(null, "{{b}}"), new(null, "{{if}}")] }),
    };

    public required Channel Channel { get; init; }

    public required WindowPolicy WindowPolicy { get; init; }

    public IReadOnlyList<FlowNode> Nodes { get; } =
    [
        new FlowNode.Start("start", "hello"),
        new FlowNode.Message("hello", Hello, "end"),
        new FlowNode.End("end", null),
    ];
}
