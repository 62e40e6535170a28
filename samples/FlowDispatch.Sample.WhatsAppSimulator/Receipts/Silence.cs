namespace FlowDispatch.Sample.Simulator;

/// <summary>While the receiver cannot be reached nothing is tried, and each vain try makes the silence longer.</summary>
internal sealed class Silence(TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _until;
    private int _inVain;

    public DateTimeOffset Until
    {
        get
        {
            lock (_gate)
            {
                return _until;
            }
        }
    }

    public bool IsOver => Until <= time.GetUtcNow();

    public void Begin(Func<int, TimeSpan> delayAfter)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_until <= now) // webhooks that were in flight together count once
            {
                _until = now + delayAfter(_inVain++);
            }
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _until = default;
            _inVain = 0;
        }
    }
}
