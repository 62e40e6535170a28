using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Templating.Liquid;

namespace FlowDispatch.Templating;

/// <summary>
/// What the templates of a mapping can read for one recipient. Each root is closed, so that a custom field is reached as
/// <c>contact.custom_fields.x</c> (or <c>contact.attributes.x</c>) and in no other way; what is unknown prints as nothing.
/// </summary>
public sealed record VariableScope
{
    /// <summary>The root names that there always are: <c>contact</c>, <c>row</c>, <c>event</c>, <c>automation</c>, <c>execution</c>, <c>channel</c>.</summary>
    public static IReadOnlyList<string> Roots => ScopeFields.Roots;

    /// <summary>
    /// <c>contact</c>: <c>id</c>, <c>name</c>, <c>first_name</c> (the name's first word), <c>email</c>, <c>phone</c> and
    /// <c>whatsapp_id</c> (E.164 digits), <c>tags</c>, <c>language</c>, <c>time_zone</c>, <c>custom_fields</c> and its alias <c>attributes</c>.
    /// </summary>
    public required Contact Contact { get; init; }

    /// <summary><c>row</c>: the uploaded row, by header as written; null when there is none.</summary>
    public IReadOnlyDictionary<string, object?>? Row { get; init; }

    /// <summary><c>event</c>: the trigger's payload; null when there is none.</summary>
    public IReadOnlyDictionary<string, object?>? Event { get; init; }

    /// <summary><c>automation.id</c>.</summary>
    public AutomationId? AutomationId { get; init; }

    /// <summary><c>automation.name</c>.</summary>
    public string? AutomationName { get; init; }

    /// <summary><c>execution.id</c>.</summary>
    public ExecutionId? ExecutionId { get; init; }

    /// <summary><c>channel.id</c> and <c>channel.display_name</c>.</summary>
    public Channel? Channel { get; init; }

    /// <summary>What the host's variable sources know of the person, by root; null for nothing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>>? Sources { get; init; }

    /// <summary>The same values as a template engine takes them. A view: it reads on demand.</summary>
    public IReadOnlyDictionary<string, object?> ToVariables() => new FieldView(
        Sources is null ? ScopeFields.Roots : [.. ScopeFields.Roots, .. Sources.Keys], root => ScopeFields.Root(this, root));
}
