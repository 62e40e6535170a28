using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage.InMemory;

/// <summary>One execution with its rows, slices, due queue and history.</summary>
internal sealed class ExecutionEntry(Execution execution, ChannelEntry channel)
{
    private readonly SortedSet<(DateTimeOffset At, int Ordinal)> _claimable = [];
    private readonly Dictionary<int, DueEntry> _due = [];
    private readonly Dictionary<int, List<RecipientEvent>> _history = [];
    private readonly Dictionary<string, int> _errors = [];
    private ExecutionCounters _counters;

    /// <summary>As it was last changed, counters left out.</summary>
    public Execution Execution { get; set; } = execution;

    public string ChannelId => Execution.Snapshot.Settings.ChannelId;

    public ChannelEntry Channel => channel;

    public List<Recipient> Rows { get; } = [];

    /// <summary>Everybody's ordinal.</summary>
    public Dictionary<ContactId, int> People { get; } = [];

    public List<Slice> Slices { get; } = [];

    public SortedSet<int> ClaimableSlices { get; } = [];

    public long PlanToken { get; set; }

    public DateTimeOffset PlanUntil { get; set; }

    public string? PlanPosition { get; set; }

    public ExecutionCounters Counters => _counters;

    public IReadOnlyDictionary<string, int> Errors => _errors;

    public DateTimeOffset? NextDueAt => _claimable.Count == 0 ? null : _claimable.Min.At;

    public Execution Snapshot() => Execution with { Counters = _counters };

    public void Count(Recipient row)
    {
        _counters += row.Tally;
        CountError(row, 1);
    }

    /// <summary>The row as users see it.</summary>
    public Recipient Shown(int ordinal) => InFlight(ordinal) ? Rows[ordinal] with { Status = RecipientStatus.Sending } : Rows[ordinal];

    /// <summary>Marked, and without an outcome; an early receipt may have settled it already.</summary>
    public bool Unanswered(int ordinal) => Rows[ordinal].Open
        && (_due.TryGetValue(ordinal, out var due) ? due.Marked : SliceOf(ordinal) is { } slice && ordinal < slice.First + slice.Position);

    public bool InFlight(int ordinal) => Rows[ordinal].Status == RecipientStatus.Pending && Unanswered(ordinal);

    public void Write(int ordinal, RecipientChange change)
    {
        var before = Rows[ordinal];
        var after = change.After.Status == RecipientStatus.Sending ? change.After with { Status = RecipientStatus.Pending } : change.After;
        Rows[ordinal] = after;
        _counters = _counters - before.Tally + after.Tally;
        if (before.Status != after.Status || before.ErrorCode != after.ErrorCode)
        {
            CountError(before, -1);
            CountError(after, 1);
        }

        if (change.Event is { } note)
        {
            (_history.TryGetValue(ordinal, out var notes) ? notes : _history[ordinal] = []).Add(note);
        }

        if (!after.Open)
        {
            Unqueue(ordinal);
        }
        else if (change.DueAt is { } at)
        {
            Enqueue(ordinal, at);
        }

        if (after.ProviderMessageId is { } message && message != before.ProviderMessageId)
        {
            channel.Messages[message] = after.Id;
        }
    }

    public IReadOnlyList<RecipientEvent> History(int ordinal) => _history.TryGetValue(ordinal, out var notes) ? [.. notes] : [];

    /// <summary>Takes what tells who it is off a recipient.</summary>
    public void Erase(int ordinal)
    {
        Rows[ordinal] = Rows[ordinal] with
        {
            PhoneNumber = "",
            ContactName = null,
            TimeZone = null,
            Variables = Recipient.NoVariables,
            ErrorMessage = null,
            ProviderMessageId = null,
        };
        if (_history.TryGetValue(ordinal, out var notes))
        {
            _history[ordinal] = notes.ConvertAll(n => n with { Message = null, ProviderMessageId = null });
        }
    }

    public bool IsQueued(int ordinal) => _due.ContainsKey(ordinal);

    public DueEntry? Due(int ordinal) => _due.GetValueOrDefault(ordinal);

    public void Enqueue(int ordinal, DateTimeOffset at)
    {
        Unqueue(ordinal);
        _due[ordinal] = new() { At = at };
        _claimable.Add((at, ordinal));
    }

    public void Unqueue(int ordinal)
    {
        if (_due.Remove(ordinal, out var entry))
        {
            _claimable.Remove((entry.At, ordinal));
        }
    }

    public List<int> ClaimDue(DateTimeOffset now, int limit, long token)
    {
        var claimed = new List<int>();
        while (claimed.Count < limit && _claimable.Count > 0 && _claimable.Min is var first && first.At <= now)
        {
            _claimable.Remove(first);
            _due[first.Ordinal].Token = token;
            claimed.Add(first.Ordinal);
        }

        return claimed;
    }

    public void Unclaim(int ordinal)
    {
        if (_due.TryGetValue(ordinal, out var entry))
        {
            entry.Token = null;
            entry.Marked = false;
            _claimable.Add((entry.At, ordinal));
        }
    }

    public void AddSlices(int first, int size)
    {
        for (; first < Rows.Count; first += size)
        {
            var count = Math.Min(size, Rows.Count - first);
            var slice = new Slice(Slices.Count, first, count);
            Slices.Add(slice);
            if (Remains(slice))
            {
                ClaimableSlices.Add(slice.Number);
            }
        }
    }

    public bool Remains(Slice slice)
    {
        for (var ordinal = slice.First + slice.Position; ordinal < slice.First + slice.Count; ordinal++)
        {
            if (Rows[ordinal].Status == RecipientStatus.Pending && !_due.ContainsKey(ordinal))
            {
                return true;
            }
        }

        return false;
    }

    public Slice? SliceOf(int ordinal)
    {
        int low = 0, high = Slices.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var slice = Slices[middle];
            if (ordinal < slice.First)
            {
                high = middle - 1;
            }
            else if (ordinal >= slice.First + slice.Count)
            {
                low = middle + 1;
            }
            else
            {
                return slice;
            }
        }

        return null;
    }

    private void CountError(Recipient row, int by)
    {
        if (row.ErrorCode is not null && row.Status is RecipientStatus.Failed or RecipientStatus.Skipped)
        {
            var count = _errors.GetValueOrDefault(row.ErrorCode) + by;
            if (count == 0)
            {
                _errors.Remove(row.ErrorCode);
            }
            else
            {
                _errors[row.ErrorCode] = count;
            }
        }
    }
}

/// <summary>A run of ordinals that is leased as one.</summary>
internal sealed class Slice(int number, int first, int count)
{
    public int Number { get; } = number;

    public int First { get; } = first;

    public int Count { get; } = count;

    /// <summary>How many of its ordinals were passed: marked, skipped or put off.</summary>
    public int Position { get; set; }

    /// <summary>The lease that holds it; null when none does.</summary>
    public long? Token { get; set; }
}

/// <summary>A recipient that waits on its own.</summary>
internal sealed class DueEntry
{
    public required DateTimeOffset At { get; init; }

    public long? Token { get; set; }

    public bool Marked { get; set; }
}
