namespace FlowDispatch.Automations;

/// <summary>What happens when a variable's value is missing for a recipient.</summary>
public enum MissingVariablePolicy
{
    /// <summary>It prints nothing.</summary>
    Empty = 0,

    /// <summary>The recipient is skipped.</summary>
    Skip = 1,

    /// <summary>The recipient fails.</summary>
    Fail = 2,
}
