namespace FlowDispatch.Templating.Liquid;

/// <summary>A block that was opened and not yet closed.</summary>
internal sealed class OpenBlock(string name, int opening)
{
    public string Name => name;

    /// <summary>Where its tag begins.</summary>
    public int Opening => opening;

    public bool IsLoop => name is "for" or "tablerow";

    /// <summary>The name under which a loop tells where it stands.</summary>
    public string LoopObject => name == "for" ? "forloop" : "tablerowloop";

    /// <summary>The name that exists within the loop only.</summary>
    public string? LoopVariable { get; init; }

    /// <summary>What a <c>case</c> asks about.</summary>
    public Expression? Subject { get; init; }

    /// <summary>Whether a <c>case</c> has come to its first branch.</summary>
    public bool HasBranch { get; set; }

    public bool HasElse { get; set; }
}
