namespace FlowDispatch.Templating.Liquid;

/// <summary>A block that was opened and not yet closed.</summary>
internal sealed class OpenBlock(string name, int opening)
{
    public string Name => name;

    /// <summary>Where its tag begins.</summary>
    public int Opening => opening;

    public bool IsLoop => name is "for" or "tablerow";

    public bool HasElse { get; set; }

    /// <summary>What a <c>case</c> asks about.</summary>
    public Expression? Subject { get; init; }

    /// <summary>False in a <c>case</c> before its first branch, where nothing may stand.</summary>
    public bool HasBranch { get; set; }

    /// <summary>The name that exists within the block only.</summary>
    public string? LoopVariable { get; init; }
}
