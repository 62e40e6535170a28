using FlowDispatch.Scheduling;
using FlowDispatch.Variables;

namespace FlowDispatch.Executions;

/// <summary>What a start would do, told without doing it.</summary>
public sealed record ExecutionPreview
{
    /// <summary>Recipients that would be planned, skipped and failed ones included.</summary>
    public required int Total { get; init; }

    /// <summary>Those that would be sent to.</summary>
    public required int Eligible { get; init; }

    /// <summary>Those that would be skipped, by reason, most first.</summary>
    public required IReadOnlyList<ErrorCount> Skipped { get; init; }

    /// <summary>Those that would fail before anything is sent (a template that can't be rendered for them), by reason, most first.</summary>
    public required IReadOnlyList<ErrorCount> Failed { get; init; }

    /// <summary>The first of them in the audience's order.</summary>
    public required IReadOnlyList<PreviewedRecipient> Recipients { get; init; }

    /// <summary>The paths that are nothing for somebody where a variable wants a value, whatever <c>missing_variable_policy</c> makes of it; most first, at most 100.</summary>
    public required IReadOnlyList<MissingCount> Missing { get; init; }

    /// <summary>The variable sources that are read, and whether their values are samples; a preview takes nothing from them.</summary>
    public IReadOnlyList<PreviewedSource> Sources { get; init; } = [];

    /// <summary>Messages that can't be rendered for somebody, over the whole audience, by node and reason, most first, at most 100.</summary>
    public required IReadOnlyList<PreviewErrorCount> Errors { get; init; }

    /// <summary>Those who would be sent to, by the translation of the first message that has any, most first; empty where none has.</summary>
    public required IReadOnlyList<LanguageCount> Languages { get; init; }

    /// <summary>Whom to look at before starting.</summary>
    public required WorstRows Worst { get; init; }

    /// <summary>The least time between two messages under the limits; zero where nothing limits.</summary>
    public required TimeSpan Spacing { get; init; }

    /// <summary>When they would leave.</summary>
    public required Forecast Forecast { get; init; }
}
