using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Templating;

namespace FlowDispatch.Flows;

/// <summary>A flow's nodes compiled for one execution: what a run sends at a node, and where it goes from there.</summary>
internal sealed class FlowProgram
{
    /// <summary>How long an opened conversation waits for the person's first words.</summary>
    public static readonly TimeSpan OpeningTimeout = TimeSpan.FromHours(24);

    /// <summary>The variable that says in which language a person is written to, in flows that have translations.</summary>
    public const string LanguageVariable = "language";

    private static readonly IReadOnlyDictionary<string, string> NoTranslations = new Dictionary<string, string>();

    private readonly Dictionary<string, LocaleTexts<ITemplate>> _texts = [];
    private readonly Dictionary<string, FlowNode> _nodes;
    private readonly Dictionary<string, RunStep> _steps;
    private readonly Dictionary<string, Func<IReadOnlyDictionary<string, object?>, MessageContent>> _contents = [];
    private readonly Func<IReadOnlyDictionary<string, object?>, MessageContent>? _opening;

    public FlowProgram(ExecutionSnapshot snapshot, ITemplateEngine engine)
    {
        _nodes = snapshot.FlowNodes.ToDictionary(n => n.Id, StringComparer.Ordinal);
        _steps = snapshot.FlowNodes.ToDictionary(n => n.Id, n => StepFrom(Follow(n.Id)), StringComparer.Ordinal);
        foreach (var node in snapshot.FlowNodes)
        {
            switch (node)
            {
                case FlowNode.Message message:
                    var texts = new LocaleTexts<ITemplate>(
                        engine.Parse(message.Text), (message.Translations ?? NoTranslations).Select(t => KeyValuePair.Create(t.Key, engine.Parse(t.Value))), snapshot.Settings.Language);
                    _contents[node.Id] = variables => new MessageContent.Text(texts.For(LanguageIn(variables)).Text.Render(variables));
                    _texts[node.Id] = texts;
                    break;
                case FlowNode.Template template:
                    _contents[node.Id] = Compile(template.Content, engine);
                    break;
            }
        }

        Entry = Follow(snapshot.FlowNodes.OfType<FlowNode.Start>().Single().Next);
        OpensWithTemplate = _nodes[Entry] is FlowNode.Template or FlowNode.End;
        _opening = snapshot.Settings.WindowPolicy is { Kind: WindowPolicyKind.Template, Opening: { } opening } ? Compile(opening, engine) : null;
    }

    /// <summary>The first node that sends, or the end where none does.</summary>
    public string Entry { get; }

    /// <summary>True when a run may begin without an open conversation.</summary>
    public bool OpensWithTemplate { get; }

    /// <summary>What is said at a node; the <see cref="WindowPolicyKind.Template"/>'s opening where <paramref name="opening"/> says so.</summary>
    /// <exception cref="TemplateRenderException">A text can't be rendered for these variables.</exception>
    public MessageContent Render(string node, bool opening, IReadOnlyDictionary<string, string> variables) =>
        (opening ? _opening! : _contents[node])(new TextView(variables));

    /// <summary>The tag of the translation that a person is sent at a node; null for the text that stands without one.</summary>
    public string? LanguageAt(string node, IReadOnlyDictionary<string, string> variables) =>
        _texts.TryGetValue(node, out var texts) ? texts.For(variables.GetValueOrDefault(LanguageVariable)).Locale : null;

    /// <summary>Whether the message at a node has translations.</summary>
    public bool IsTranslatedAt(string node) => _nodes[node] is FlowNode.Message { Translations.Count: > 0 };

    /// <summary>Whether any message has translations.</summary>
    public static bool IsTranslated(IEnumerable<FlowNode> nodes) => nodes.OfType<FlowNode.Message>().Any(m => m.Translations is { Count: > 0 });

    /// <summary>Where a run goes when the message at <paramref name="node"/> was taken.</summary>
    public RunStep After(string node, bool opening, DateTimeOffset now) =>
        opening ? new RunStep.AwaitReply(node, now + OpeningTimeout) : StepTo(_nodes[node].Successor ?? node);

    /// <summary>The step that leads to a node: its message, or the end.</summary>
    public RunStep StepTo(string node) => _steps[node];

    private RunStep StepFrom(string target) =>
        _nodes[target] is FlowNode.End end ? new RunStep.End(end.Id, end.Outcome ?? "completed") : new RunStep.Send(target);

    private static Func<IReadOnlyDictionary<string, object?>, MessageContent> Compile(TemplateContent content, ITemplateEngine engine)
    {
        var parameters = content.Parameters.Select(p => (p.Name, Text: engine.Parse(p.Text))).ToList();
        return variables => new MessageContent.Template(
            content.Name, content.Language, [.. parameters.Select(p => new TemplateParameter(p.Name, p.Text.Render(variables)))]);
    }

    private static string? LanguageIn(IReadOnlyDictionary<string, object?> variables) =>
        variables.TryGetValue(LanguageVariable, out var language) ? language as string : null;

    // Past start nodes to the next one that sends or ends; validation has seen to it that there is one and no loop.
    private string Follow(string node)
    {
        while (_nodes[node] is FlowNode.Start start)
        {
            node = start.Next;
        }

        return node;
    }
}
