using FlowDispatch.Contacts;
using FlowDispatch.Templating;
using FlowDispatch.Validation;

namespace FlowDispatch.Flows;

/// <summary>Says what keeps a flow from being run: limits of its texts, templates that can't be read, a graph that has no way through.</summary>
/// <param name="engine">Reads the Liquid of texts.</param>
public sealed class FlowValidator(ITemplateEngine engine)
{
    /// <summary>Most nodes of a flow.</summary>
    public const int MaxNodes = 500;

    /// <summary>Most characters of a message's text.</summary>
    public const int MaxText = 4_096;

    /// <summary>Most translations of a message.</summary>
    public const int MaxTranslations = 50;

    /// <summary>Adds what is wrong by path (<c>nodes[2].text</c>), each message with its node's id.</summary>
    /// <param name="nodes">In the order written. Where one is null (it could not be read) the graph is not judged.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="path">The path of the list.</param>
    public void Check(IReadOnlyList<FlowNode?> nodes, FieldErrors errors, string path = "nodes")
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(errors);
        if (nodes.Count is 0 or > MaxNodes)
        {
            errors.Add(path, $"has {nodes.Count} nodes; it must have from 1 to {MaxNodes}.");
            return;
        }

        for (var at = 0; at < nodes.Count; at++)
        {
            CheckNode(nodes[at], errors, $"{path}[{at}]");
        }

        if (!nodes.Contains(null))
        {
            CheckGraph(nodes!, errors, path);
        }
    }

    /// <summary>Adds what is wrong with a provider's template: parameters of both kinds, Liquid that can't be read.</summary>
    /// <param name="content">The template.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="path">The path of the template.</param>
    /// <param name="subject">Begins the messages; empty for none.</param>
    public void CheckTemplate(TemplateContent content, FieldErrors errors, string path, string subject = "")
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(errors);
        if (content.Parameters.Any(p => p.Name is null) && content.Parameters.Any(p => p.Name is not null))
        {
            errors.Add($"{path}.parameters", $"{subject}parameters must all have a name, or none.");
        }

        for (var at = 0; at < content.Parameters.Count; at++)
        {
            var parameter = content.Parameters[at];
            var name = parameter.Name is null ? $"[{at}]" : $".{parameter.Name}";
            CheckLiquid(parameter.Text, errors, $"{path}.parameters{name}", subject);
        }
    }

    private void CheckNode(FlowNode? node, FieldErrors errors, string path)
    {
        switch (node)
        {
            case FlowNode.Message message:
                var subject = $"Node \"{message.Id}\": ";
                CheckText(message.Text, errors, $"{path}.text", subject);
                CheckTranslations(message.Translations, errors, $"{path}.translations", subject);
                break;
            case FlowNode.Template template:
                CheckTemplate(template.Content, errors, $"{path}.template", $"Node \"{template.Id}\": ");
                break;
        }
    }

    private void CheckTranslations(IReadOnlyDictionary<string, string>? translations, FieldErrors errors, string path, string subject)
    {
        if (translations?.Count > MaxTranslations)
        {
            errors.Add(path, $"{subject}there are {translations.Count} translations; there may be at most {MaxTranslations}.");
            return;
        }

        foreach (var (language, text) in translations ?? new Dictionary<string, string>())
        {
            if (!LanguageTag.IsValid(language))
            {
                errors.Add($"{path}.{language}", $"{subject}\"{language}\" is no language; it must be a BCP 47 tag like pt-BR.");
            }

            CheckText(text, errors, $"{path}.{language}", subject);
        }
    }

    private void CheckText(string text, FieldErrors errors, string path, string subject)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxText)
        {
            errors.Add(path, $"{subject}the text must have from 1 to {MaxText} characters and not be blank; it has {text.Length}.");
        }

        CheckLiquid(text, errors, path, subject);
    }

    private void CheckLiquid(string text, FieldErrors errors, string path, string subject)
    {
        try
        {
            engine.Parse(text);
        }
        catch (TemplateSyntaxException error)
        {
            errors.Add(path, subject + error.Message);
        }
    }

    private static void CheckGraph(IReadOnlyList<FlowNode> nodes, FieldErrors errors, string path)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < nodes.Count; at++)
        {
            if (!places.TryAdd(nodes[at].Id, at))
            {
                errors.Add($"{path}[{at}].id", $"Node \"{nodes[at].Id}\": the id is used by another node too.");
            }
        }

        var complete = places.Count == nodes.Count;
        for (var at = 0; at < nodes.Count; at++)
        {
            if (nodes[at].Successor is { } next && !places.ContainsKey(next))
            {
                complete = false;
                var near = NearestName.Of(next, places.Keys);
                errors.Add($"{path}[{at}].next", $"Node \"{nodes[at].Id}\": there is no node \"{next}\"{(near is null ? "." : $"; did you mean \"{near}\"?")}");
            }
        }

        var starts = nodes.OfType<FlowNode.Start>().ToList();
        if (starts.Count != 1)
        {
            errors.Add(path, $"A flow has exactly one node of type start; this one has {starts.Count}.");
        }
        else if (complete)
        {
            CheckWay(nodes, places, starts[0], errors, path);
        }
    }

    private static void CheckWay(IReadOnlyList<FlowNode> nodes, Dictionary<string, int> places, FlowNode.Start start, FieldErrors errors, string path)
    {
        var reached = new HashSet<int>();
        var at = places[start.Id];
        while (reached.Add(at) && nodes[at].Successor is { } next)
        {
            if (reached.Contains(places[next]))
            {
                // No node of this version waits for the person, so a way back is never left.
                errors.Add($"{path}[{at}].next", $"Node \"{nodes[at].Id}\": going back to \"{next}\" is a loop without a wait.");
                break;
            }

            at = places[next];
        }

        for (var place = 0; place < nodes.Count; place++)
        {
            if (!reached.Contains(place))
            {
                errors.Add($"{path}[{place}]", $"Node \"{nodes[place].Id}\": no way leads here from the start.");
            }
        }
    }
}
