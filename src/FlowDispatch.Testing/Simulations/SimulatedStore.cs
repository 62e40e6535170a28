using System.Collections.Concurrent;
using System.Reflection;
using FlowDispatch.Storage;

namespace FlowDispatch.Testing.Simulations;

/// <summary>A store as one node sees it: slow at times, away at times, and now and then its answer is lost though it did as told.</summary>
/// <remarks>
/// Every member of every role is wrapped alike, so none is left out. The store itself is called in one piece: it may use
/// other threads, since the simulation waits for it.
/// </remarks>
#pragma warning disable CA1852 // the proxy is derived from it at run time
internal class SimulatedStore : DispatchProxy
#pragma warning restore CA1852
{
    private static readonly ConcurrentDictionary<MethodInfo, Func<SimulatedStore, MethodInfo, object?[], object?>> Calls = new();
    private static readonly MethodInfo Answered = Generic(nameof(AnswerAsync));
    private static readonly MethodInfo Streamed = Generic(nameof(StreamAsync));

    private object _inner = null!;
    private StoreWeather _weather = null!;
    private readonly Dictionary<MethodInfo, object> _roles = [];

    /// <summary>The store behind this weather.</summary>
    public static IStore Wrap(IStore store, StoreWeather weather) => (IStore)(object)Wrap(typeof(IStore), store, weather);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        if (method.IsSpecialName)
        {
            return _roles.TryGetValue(method, out var role)
                ? role
                : _roles[method] = Wrap(method.ReturnType, method.Invoke(_inner, null)!, _weather);
        }

        return Calls.GetOrAdd(method, CallOf)(this, method, args ?? []);
    }

    private static SimulatedStore Wrap(Type role, object inner, StoreWeather weather)
    {
        var proxy = (SimulatedStore)Create(role, typeof(SimulatedStore));
        proxy._inner = inner;
        proxy._weather = weather;
        return proxy;
    }

    private static MethodInfo Generic(string name) => typeof(SimulatedStore).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;

    private static Func<SimulatedStore, MethodInfo, object?[], object?> CallOf(MethodInfo method)
    {
        var answer = method.ReturnType;
        if (answer == typeof(Task))
        {
            return static (store, member, arguments) => store.DoAsync(member, arguments);
        }

        var kind = answer.GetGenericTypeDefinition();
        var call = kind == typeof(Task<>) ? Answered : kind == typeof(IAsyncEnumerable<>) ? Streamed
            : throw new NotSupportedException($"{method.DeclaringType!.Name}.{method.Name} answers neither with a task nor with a stream.");
        return call.MakeGenericMethod(answer.GenericTypeArguments).CreateDelegate<Func<SimulatedStore, MethodInfo, object?[], object?>>();
    }

    private async Task DoAsync(MethodInfo member, object?[] arguments)
    {
        await BeforeAsync(member, arguments).ConfigureAwait(false);
        Wait((Task)Call(member, arguments));
        await _weather.AfterAsync(member.Name).ConfigureAwait(false);
    }

    private async Task<T> AnswerAsync<T>(MethodInfo member, object?[] arguments)
    {
        await BeforeAsync(member, arguments).ConfigureAwait(false);
        var answer = (Task<T>)Call(member, arguments);
        Wait(answer);
        await _weather.AfterAsync(member.Name).ConfigureAwait(false);
        return await answer.ConfigureAwait(false);
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(MethodInfo member, object?[] arguments)
    {
        await BeforeAsync(member, arguments).ConfigureAwait(false);
        var items = ((IAsyncEnumerable<T>)Call(member, arguments)).GetAsyncEnumerator();
        await using (items.ConfigureAwait(false))
        {
            while (true)
            {
                var next = items.MoveNextAsync().AsTask();
                Wait(next);
                if (!await next.ConfigureAwait(false))
                {
                    yield break;
                }

                yield return items.Current;
            }
        }
    }

    private object Call(MethodInfo member, object?[] arguments) =>
        member.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;

    // As a driver gives up a call that is cancelled while it is under way.
    private async ValueTask BeforeAsync(MethodInfo member, object?[] arguments)
    {
        var token = arguments.OfType<CancellationToken>().FirstOrDefault();
        var ended = token.IsCancellationRequested;
        await _weather.BeforeAsync(member.Name).ConfigureAwait(false);
        if (!ended)
        {
            token.ThrowIfCancellationRequested();
        }
    }

    private static void Wait(Task task)
    {
        if (!task.IsCompleted)
        {
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }

        task.GetAwaiter().GetResult();
    }
}
