using FlowDispatch.Contacts;

namespace FlowDispatch.Variables;

/// <summary>
/// Values of a host's own that templates read under a root of their own: <c>{{ coupon.code }}</c>. Registered under the root's
/// name with <c>AddVariables</c>. Asked once for each recipient, when the recipient is planned; what it answers is frozen.
/// </summary>
/// <remarks>
/// Each person comes with a key that stays the same whatever happens. If the process dies while a batch is planned, the same
/// people are asked for again, perhaps in other company: a source that gives things away keeps what it gave under that key,
/// and answers the same key the same way.
/// </remarks>
public interface IVariableSource
{
    /// <summary>The names under its root, so that saving an automation can warn about others. Default null: any name may be there.</summary>
    IReadOnlyCollection<string>? Fields => null;

    /// <summary>Whether <see cref="TakeBackAsync"/> wants to be told who ended without their values. Default false.</summary>
    bool TakesBack => false;

    /// <summary>The values of some people of one execution, together.</summary>
    /// <remarks>
    /// Only asked where the automation's mapping reads the root, and only for people who may be written to and lack nothing else.
    /// What it throws, and no answer within <see cref="VariableSourceOptions.Timeout"/>, keeps the batch from being planned: the
    /// execution says so in its <c>status_reason</c> and asks again when its planning lease has ended.
    /// </remarks>
    /// <param name="request">At most 1,000 people.</param>
    /// <param name="cancellationToken">Nobody waits for the answer any more.</param>
    /// <returns>
    /// By contact, fields as <see cref="FieldValues"/> describes them, at most 65,536 characters a person. Who is left out has
    /// no values; <c>missing_variable_policy</c> decides about them.
    /// </returns>
    /// <exception cref="VariablesUnavailableException">It can't answer now; operators read the message.</exception>
    Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> ResolveAsync(
        VariableRequest request, CancellationToken cancellationToken = default);

    /// <summary>Values to show in a preview. Nothing may be given away here: no such execution exists.</summary>
    /// <param name="request">As for <see cref="ResolveAsync"/>; its keys are used by this preview alone.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>As <see cref="ResolveAsync"/>; null, the default, for samples like <c>[coupon.code]</c>.</returns>
    Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>?> PreviewAsync(
        VariableRequest request, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>?>(null);

    /// <summary>Is told, once an execution has ended, who was skipped, cancelled or failed before anything was sent to them.</summary>
    /// <remarks>
    /// Each is told at least once, also across crashes, and perhaps several times, by several processes at once: a key that has
    /// nothing (any more) is no error. People may be among them for whom no values were ever asked. Nobody is among them who
    /// was sent anything, is in doubt, or had an attempt of any kind. What is thrown here is told again later.
    /// </remarks>
    /// <param name="returned">At most 1,000 people of one execution.</param>
    /// <param name="cancellationToken">Nobody waits any more; they are told again.</param>
    Task TakeBackAsync(VariableReturn returned, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
