using System.Text.Json.Serialization;

namespace FlowDispatch.Flows;

/// <summary>One step of a flow.</summary>
/// <param name="Id">Unique in the flow, 1 to 100 characters.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Start), "start")]
[JsonDerivedType(typeof(Message), "message")]
[JsonDerivedType(typeof(Template), "template")]
[JsonDerivedType(typeof(End), "end")]
public abstract record FlowNode(string Id)
{
    /// <summary>Where every run begins; a flow has exactly one.</summary>
    /// <param name="Id">The node's id.</param>
    /// <param name="Next">The node that follows.</param>
    public sealed record Start(string Id, string Next) : FlowNode(Id);

    /// <summary>A text message.</summary>
    /// <param name="Id">The node's id.</param>
    /// <param name="Text">Liquid over the run's variables.</param>
    /// <param name="Next">The node that follows.</param>
    public sealed record Message(string Id, string Text, string Next) : FlowNode(Id)
    {
        /// <summary>The text in other languages, by BCP 47 tag; null for none. Who gets which is said by their language, else by the automation's.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyDictionary<string, string>? Translations { get; init; }
    }

    /// <summary>A message from a template that the provider keeps.</summary>
    /// <param name="Id">The node's id.</param>
    /// <param name="Content">Which template, with which values.</param>
    /// <param name="Next">The node that follows.</param>
    public sealed record Template(string Id, TemplateContent Content, string Next) : FlowNode(Id);

    /// <summary>Where a run ends.</summary>
    /// <param name="Id">The node's id.</param>
    /// <param name="Outcome">The word that <c>flow_outcome</c> shows; null for <c>completed</c>.</param>
    public sealed record End(string Id, string? Outcome) : FlowNode(Id);

    /// <summary>The node that follows, null at an end.</summary>
    [JsonIgnore]
    public string? Successor => this switch
    {
        Start start => start.Next,
        Message message => message.Next,
        Template template => template.Next,
        _ => null,
    };
}
