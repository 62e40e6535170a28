namespace FlowDispatch.Sending;

/// <summary>What a message says, every variable filled in.</summary>
public abstract record MessageContent
{
    private MessageContent()
    {
    }

    /// <summary>Plain text.</summary>
    /// <param name="Body">1 to 4,096 characters.</param>
    public sealed record Text(string Body) : MessageContent;

    /// <summary>A message template that the provider keeps and has approved.</summary>
    /// <param name="Name">The template's name.</param>
    /// <param name="Language">Its language exactly as created, like <c>pt_BR</c>.</param>
    /// <param name="Parameters">The values of its body, by name or by place.</param>
    public sealed record Template(string Name, string Language, IReadOnlyList<TemplateParameter> Parameters) : MessageContent;
}
