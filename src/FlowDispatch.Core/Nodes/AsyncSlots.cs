namespace FlowDispatch.Nodes;

/// <summary>So many may be inside at once; who comes later waits in line. Safe for many threads.</summary>
internal sealed class AsyncSlots(int slots, WorkQueue work)
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _line = new();
    private int _free = slots;

    /// <summary>Waits for a slot.</summary>
    public ValueTask EnterAsync()
    {
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return ValueTask.CompletedTask;
            }

            var waiter = new TaskCompletionSource();
            _line.Enqueue(waiter);
            return new(waiter.Task);
        }
    }

    /// <summary>Gives a slot to the next in line.</summary>
    public void Leave()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            if (!_line.TryDequeue(out next))
            {
                _free++;
                return;
            }
        }

        work.Post(next.SetResult);
    }
}
