using System.Text.Json;
using System.Text.Json.Nodes;
using FlowDispatch.Validation;

namespace FlowDispatch.Flows;

/// <summary>Flows as users write them: <c>[{"id": "start", "type": "start", "next": "hello"}, …]</c>.</summary>
public static class FlowJson
{
    private static readonly string[] Runnable = ["start", "message", "template", "end"];

    private static readonly string[] Later = ["buttons", "list", "question", "condition", "set_variable", "delay", "random", "jump", "action", "handoff"];

    /// <summary>Reads the nodes; what is wrong goes to <paramref name="errors"/> with the node's id in the message.</summary>
    /// <param name="nodes">A JSON array.</param>
    /// <param name="errors">By path, like <c>nodes[2].text</c>.</param>
    /// <param name="path">The path of the array itself.</param>
    /// <returns>A node for each element, in their order; null for one whose type can't be run or whose id is missing.</returns>
    public static IReadOnlyList<FlowNode?> Read(JsonElement nodes, FieldErrors errors, string path = "nodes")
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (nodes.ValueKind != JsonValueKind.Array)
        {
            errors.Add(path, $"must be a list of nodes, not {JsonFields.Kind(nodes)}.");
            return [];
        }

        return [.. nodes.EnumerateArray().Select((node, at) => ReadNode(new JsonFields(node, errors, $"{path}[{at}]")))];
    }

    /// <summary>Reads <c>{name, language, parameters}</c>, where parameters are an object by name or a list by place.</summary>
    /// <param name="fields">The object; its unknown fields are refused.</param>
    public static TemplateContent ReadTemplate(JsonFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        fields.Require("name", "language");
        var content = new TemplateContent
        {
            Name = fields.Text("name", 1, 512).Value ?? "",
            Language = fields.Text("language", 1, 20).Value ?? "",
            Parameters = ReadParameters(fields),
        };
        fields.RefuseUnknown();
        return content;
    }

    /// <summary>The nodes as <see cref="Read"/> takes them.</summary>
    public static JsonArray Write(IEnumerable<FlowNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return new JsonArray([.. nodes.Select(WriteNode)]);
    }

    /// <summary>A provider's template as <see cref="ReadTemplate"/> takes it.</summary>
    public static JsonObject WriteTemplate(TemplateContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        JsonNode parameters = content.Parameters.Any(p => p.Name is not null)
            ? new JsonObject(content.Parameters.Select(p => KeyValuePair.Create(p.Name!, (JsonNode?)p.Text)))
            : new JsonArray([.. content.Parameters.Select(p => (JsonNode?)p.Text)]);
        return new JsonObject { ["name"] = content.Name, ["language"] = content.Language, ["parameters"] = parameters };
    }

    private static FlowNode? ReadNode(JsonFields fields)
    {
        fields.Require("id", "type");
        var id = fields.Text("id", 1, 100).Value;
        var type = fields.Text("type").Value;
        if (type is null)
        {
            return null;
        }

        if (!Runnable.Contains(type, StringComparer.Ordinal))
        {
            var near = NearestName.Of(type, Runnable.Concat(Later));
            fields.Refuse("type", Later.Contains(type, StringComparer.Ordinal)
                ? $"\"{type}\" is not run by this version yet, which runs {string.Join(", ", Runnable)}."
                : $"\"{type}\" is no type of node{(near is null ? "." : $"; did you mean {near}?")} This version runs {string.Join(", ", Runnable)}.");
            return null;
        }

        FlowNode node = type switch
        {
            "start" => new FlowNode.Start(id ?? "", Next(fields)),
            "message" => ReadMessage(fields, id ?? ""),
            "template" => new FlowNode.Template(id ?? "", ReadTemplateOf(fields), Next(fields)),
            _ => new FlowNode.End(id ?? "", fields.Text("outcome", 1, 100).Value),
        };
        fields.RefuseUnknown();
        return id is null ? null : node;
    }

    private static FlowNode.Message ReadMessage(JsonFields fields, string id)
    {
        if (fields.Any("media").IsGiven)
        {
            fields.Refuse("media", "is not sent by this version yet; a message has a text.");
        }

        fields.Require("text");
        return new FlowNode.Message(id, fields.Text("text").Value ?? "", Next(fields)) { Translations = ReadTranslations(fields) };
    }

    private static Dictionary<string, string>? ReadTranslations(JsonFields fields)
    {
        if (fields.FreeForm("translations").Value is not { } given)
        {
            return null;
        }

        var translations = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var translation in given.EnumerateObject())
        {
            var path = $"{fields.PathOf("translations")}.{translation.Name}";
            if (translation.Value.ValueKind != JsonValueKind.String)
            {
                fields.Errors.Add(path, $"must be a text, not {JsonFields.Kind(translation.Value)}.");
            }
            else if (!translations.TryAdd(translation.Name, translation.Value.GetString()!))
            {
                fields.Errors.Add(path, "is there twice; upper and lower case make no difference in a language.");
            }
        }

        return translations;
    }

    private static TemplateContent ReadTemplateOf(JsonFields fields)
    {
        fields.Require("template");
        return fields.Section("template").Value is { } section ? ReadTemplate(section) : new() { Name = "", Language = "" };
    }

    private static string Next(JsonFields fields)
    {
        fields.Require("next");
        return fields.Text("next").Value ?? "";
    }

    private static List<TemplateContentParameter> ReadParameters(JsonFields fields)
    {
        var parameters = new List<TemplateContentParameter>();
        var path = fields.PathOf("parameters");
        if (fields.Any("parameters").Value is not { } given)
        {
            return parameters;
        }

        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in given.EnumerateObject())
            {
                Add(property.Name, property.Value, $"{path}.{property.Name}");
            }
        }
        else if (given.ValueKind == JsonValueKind.Array)
        {
            foreach (var value in given.EnumerateArray())
            {
                Add(null, value, $"{path}[{parameters.Count}]");
            }
        }
        else
        {
            fields.Refuse("parameters", $"must be an object by name or a list by place, not {JsonFields.Kind(given)}.");
        }

        return parameters;

        void Add(string? name, JsonElement value, string at)
        {
            if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
            {
                fields.Errors.Add(at, $"must be a text, a number or a boolean, not {JsonFields.Kind(value)}.");
            }

            parameters.Add(new(name, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()));
        }
    }

    private static JsonObject WriteNode(FlowNode node) => node switch
    {
        FlowNode.Start start => new() { ["id"] = start.Id, ["type"] = "start", ["next"] = start.Next },
        FlowNode.Message { Translations: { } translations } message => new()
        {
            ["id"] = message.Id,
            ["type"] = "message",
            ["text"] = message.Text,
            ["translations"] = new JsonObject(translations.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value))),
            ["next"] = message.Next,
        },
        FlowNode.Message message => new() { ["id"] = message.Id, ["type"] = "message", ["text"] = message.Text, ["next"] = message.Next },
        FlowNode.Template template => new()
        {
            ["id"] = template.Id,
            ["type"] = "template",
            ["template"] = WriteTemplate(template.Content),
            ["next"] = template.Next,
        },
        FlowNode.End { Outcome: null } end => new() { ["id"] = end.Id, ["type"] = "end" },
        FlowNode.End end => new() { ["id"] = end.Id, ["type"] = "end", ["outcome"] = end.Outcome },
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "A flow consists of the nodes of FlowNode."),
    };
}
