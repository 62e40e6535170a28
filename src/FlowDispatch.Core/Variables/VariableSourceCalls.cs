using System.Collections.ObjectModel;
using FlowDispatch.Contacts;
using FlowDispatch.Nodes;
using Microsoft.Extensions.Options;

namespace FlowDispatch.Variables;

/// <summary>Asks sources, never for longer than allowed, and names the one that fails.</summary>
internal sealed class VariableSourceCalls(VariableSourceDirectory sources, IOptions<VariableSourceOptions> options, WorkQueue work, TimeProvider time)
{
    /// <exception cref="VariableSourceException">It is not there, threw, or gave no answer in time.</exception>
    public async Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>> ResolveAsync(
        string name, VariableRequest request, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>?>(
            name, async (source, token) => await source.ResolveAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)
        ?? ReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>.Empty;

    /// <inheritdoc cref="ResolveAsync" />
    public Task<IReadOnlyDictionary<ContactId, IReadOnlyDictionary<string, object?>>?> PreviewAsync(
        string name, VariableRequest request, CancellationToken cancellationToken) =>
        CallAsync(name, (source, token) => source.PreviewAsync(request, token), cancellationToken);

    /// <inheritdoc cref="ResolveAsync" />
    public Task TakeBackAsync(string name, VariableReturn returned, CancellationToken cancellationToken) => CallAsync(
        name,
        async (source, token) =>
        {
            await source.TakeBackAsync(returned, token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private async Task<T> CallAsync<T>(string name, Func<IVariableSource, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var source = sources.Find(name) ?? throw VariableSourceException.NotRegistered(name);
            var answer = BeginAsync(() => call(source, given.Token));
            if (await work.EndsAsync(answer, options.Value.Timeout, time, cancellationToken).ConfigureAwait(false))
            {
                return await answer.ConfigureAwait(false);
            }

            // One that goes on all the same is left alone: under the same keys it will say the same again.
            given.Cancel();
        }
        catch (Exception failure) when (failure is not VariableSourceException && !cancellationToken.IsCancellationRequested)
        {
            throw VariableSourceException.Failed(name, failure);
        }

        throw VariableSourceException.Silent(name, options.Value.Timeout);
    }

    // As work of its own, so that one that blocks its thread does not block ours.
    private async Task<T> BeginAsync<T>(Func<Task<T>> call)
    {
        await work.HopAsync().ConfigureAwait(false);
        return await call().ConfigureAwait(false);
    }
}
