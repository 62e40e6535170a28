using System.Collections.Concurrent;
using System.Collections.Frozen;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;

namespace FlowDispatch.Nodes;

/// <summary>What this node last read of the control state. Nothing is handed over on a view that is too old.</summary>
internal sealed class ControlView(IStore store, StoreClock time, WorkQueue work)
{
    // Reading every quarter of a second and trusting a view for 0.8 s keeps the promise that a pause holds within 1 s.
    private static readonly TimeSpan Trusted = TimeSpan.FromMilliseconds(800);

    private readonly ConcurrentDictionary<ContactId, (ContactSuppression Suppression, long Answered)> _suppressed = new();
    private readonly AsyncSlots _reading = new(1, work);
    private volatile View _view = new([], FrozenDictionary<string, DateTimeOffset>.Empty, 0, false);
    private long _cursor;

    /// <summary>The executions as last read.</summary>
    public IReadOnlyCollection<ControlledExecution> Executions => _view.Executions.Values;

    /// <summary>Reads anew. If the store can't be read the view ages, and sending stops by itself.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        // One after the other: an answer that is overtaken would bring an older state back.
        await _reading.EnterAsync().ConfigureAwait(false);
        try
        {
            await ReadNextAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _reading.Leave();
        }
    }

    private async Task ReadNextAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var state = await store.Claims.ReadControlAsync(_cursor, cancellationToken).ConfigureAwait(false);
        var answered = time.GetTimestamp();
        foreach (var contact in state.Suppressed)
        {
            _suppressed[contact.Contact] = (contact.Suppression, answered);
        }

        time.Set(state.Now, started);
        _cursor = state.Cursor;
        _view = new(state.Executions.ToDictionary(e => e.Number), state.Held, started, true);
    }

    /// <summary>Whether messages of an execution may be handed over at this moment; null when the view is too old to tell.</summary>
    public bool? MaySend(int executionNumber)
    {
        var view = _view;
        if (!view.Read || time.GetElapsedTime(view.Started) >= Trusted)
        {
            return null;
        }

        return IsRunning(executionNumber);
    }

    /// <summary>Whether the execution was running at the last read.</summary>
    public bool IsRunning(int executionNumber) =>
        _view.Executions.TryGetValue(executionNumber, out var execution) && execution.Status == ExecutionStatus.Running;

    /// <summary>Whether somebody of an execution could be claimed at the last read, if that began after <paramref name="since"/>, a timestamp.</summary>
    public bool HasWork(int executionNumber, DateTimeOffset now, long since) =>
        _view is var view && view.Started > since && view.Executions.TryGetValue(executionNumber, out var execution) && (execution.HasSlices || execution.NextDueAt <= now);

    /// <summary>Until when a bucket was held at the last read, by the store's clock; null when it was not.</summary>
    public DateTimeOffset? HeldUntil(string key) => _view.Held.TryGetValue(key, out var until) ? until : null;

    /// <summary>The worse of what a claim said of a contact and what was read since.</summary>
    public ContactSuppression Suppression(ContactId contact, ContactSuppression claimed) =>
        _suppressed.TryGetValue(contact, out var later) && later.Suppression > claimed ? later.Suppression : claimed;

    /// <summary>Forgets suppressions that were read before the oldest claim that is not sent yet was asked for: that claim and later ones brought them along.</summary>
    /// <param name="before">A timestamp before that claim.</param>
    public void Forget(long before)
    {
        foreach (var (contact, (_, answered)) in _suppressed)
        {
            if (answered < before)
            {
                _suppressed.TryRemove(contact, out _);
            }
        }
    }

    private sealed record View(Dictionary<int, ControlledExecution> Executions, IReadOnlyDictionary<string, DateTimeOffset> Held, long Started, bool Read);
}
