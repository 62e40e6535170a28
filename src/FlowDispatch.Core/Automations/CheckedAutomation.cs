using FlowDispatch.Storage;

namespace FlowDispatch.Automations;

/// <summary>An automation with what is doubtful about it.</summary>
/// <param name="Automation">The automation.</param>
/// <param name="Warnings">In the order of its fields; empty when all is well.</param>
/// <param name="Existing">When it was to be made under an idempotency key that is taken: the entry kept, and then nothing was made. Otherwise null.</param>
public sealed record CheckedAutomation(Automation Automation, IReadOnlyList<AutomationWarning> Warnings, IdempotencyEntry? Existing = null);
