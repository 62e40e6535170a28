using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace FlowDispatch.Sample.Simulator;

/// <summary>What was accepted and what is still owed for it: the journal, and the little that memory keeps of it. All under one lock.</summary>
internal sealed class Ledger : IDisposable
{
    private readonly Lock _gate = new();
    private readonly WhatsAppSimulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly MessageJournal _journal;
    private readonly DueQueue _due;
    private readonly Recipients _recipients = new();
    private readonly Dictionary<long, TaskCompletionSource> _firstReceipts = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private SimulatorStats _stats = new();
    private long _lastNumber;
    private long _sleepsUntil = long.MaxValue;
    private int _era;
    private int _inFlight;

    public Ledger(WhatsAppSimulatorOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _due = new DueQueue(options.BatchWindow);
        _journal = MessageJournal.Open(options.JournalPath, options.NextFreeJournal, Restore);
    }

    /// <summary>The file that it keeps.</summary>
    public string JournalPath => _journal.FilePath;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public SimulatorStats Stats
    {
        get
        {
            lock (_gate)
            {
                return _stats with { UniqueRecipients = _recipients.Unique, RepeatedRecipients = _recipients.Repeated };
            }
        }
    }

    /// <summary>Keeps a message; when this returns it will be known after a crash.</summary>
    /// <returns>Done when its first receipt was posted, well or badly; at once unless asked for.</returns>
    public Task Keep(KeptMessage message, bool reportFirstReceipt = false)
    {
        lock (_gate)
        {
            message = message with { Number = ++_lastNumber };
            var place = _journal.Append(message);
            Count(message.Head, settled: 0);
            TaskCompletionSource? first = null;
            if (reportFirstReceipt)
            {
                _firstReceipts[message.Number] = first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            Schedule(new Owed(place, 0, 0), message.Receipts[0].Due);
            return first?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>A request with a message has come in; <see cref="Answering"/> when its answer goes out.</summary>
    public void Asked()
    {
        lock (_gate)
        {
            _stats.MostInFlight = Math.Max(_stats.MostInFlight, ++_inFlight);
        }
    }

    /// <summary>Called before the answer is written: whoever has it may ask again at once.</summary>
    public void Answering()
    {
        lock (_gate)
        {
            _inFlight--;
        }
    }

    public void CountRefusal()
    {
        lock (_gate)
        {
            _stats.Refused++;
        }
    }

    /// <summary>Takes the receipts that are due, the oldest first, or null if none are.</summary>
    public Batch? TakeDue()
    {
        lock (_gate)
        {
            var now = Now;
            var taken = new List<DueReceipt>();
            while (taken.Count < _options.ReceiptsPerWebhook && _due.TryTake(now, out var owed))
            {
                taken.Add(new DueReceipt(owed, _journal.Read(owed.Place)));
            }

            return taken.Count == 0 ? null : new Batch(_era, taken);
        }
    }

    /// <summary>The receiver has them: never again, and the next ones of those messages can come.</summary>
    public void Settle(Batch batch)
    {
        lock (_gate)
        {
            if (batch.Era != _era)
            {
                return;
            }

            _stats.WebhooksSent++;
            _stats.ReceiptsDelivered += batch.Receipts.Count;
            Finish(batch.Receipts);
        }
    }

    /// <summary>The receiver does not have them, as far as we know: again later, unless they are too old by now.</summary>
    public void Postpone(Batch batch)
    {
        lock (_gate)
        {
            if (batch.Era != _era)
            {
                return;
            }

            _stats.WebhooksFailed++;
            var now = Now;
            var givenUp = new List<DueReceipt>();
            foreach (var due in batch.Receipts)
            {
                if (now - due.Receipt.Due >= _options.RedeliveryLimit.TotalMilliseconds)
                {
                    givenUp.Add(due);
                    continue;
                }

                Reported(due);
                var again = now + (long)DelayAfter(due.Owed.Attempts).TotalMilliseconds;
                Schedule(due.Owed with { Attempts = (short)Math.Min(due.Owed.Attempts + 1, short.MaxValue) }, again);
            }

            if (givenUp.Count > 0)
            {
                _stats.ReceiptsGivenUp += givenUp.Count;
                Finish(givenUp);
            }
        }
    }

    /// <summary>How long to wait when this many tries had failed before the last one.</summary>
    public TimeSpan DelayAfter(int attempts) =>
        TimeSpan.FromTicks((long)Math.Min(_options.RedeliveryMax.Ticks, _options.RedeliveryFirst.Ticks * Math.Pow(2, Math.Min(attempts, 40))));

    /// <summary>Done when something may be due earlier than <see cref="SleepUntil"/> last said, or after <see cref="Wake"/>.</summary>
    public async Task AwakenedAsync(CancellationToken cancellationToken) => await _wake.Reader.ReadAsync(cancellationToken);

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>The time until something is due, and no earlier than a given moment; null if nothing is.</summary>
    public TimeSpan? SleepUntil(DateTimeOffset notBefore)
    {
        lock (_gate)
        {
            if (_due.NextDue is not { } next)
            {
                _sleepsUntil = long.MaxValue;
                return null;
            }

            _sleepsUntil = Math.Max(next, notBefore.ToUnixTimeMilliseconds());
            return TimeSpan.FromMilliseconds(Math.Max(0, _sleepsUntil - Now));
        }
    }

    /// <summary>The newest messages, the oldest of them first. <paramref name="to"/> is a number in any spelling, or a user id.</summary>
    public IReadOnlyList<KeptMessage> List(string? to, int limit)
    {
        var waId = to is not null && WhatsAppNumber.Digits(to) is { } digits ? WhatsAppNumber.WaId(digits) : null;
        var property = to is null ? "" : $"\"{(waId is null ? "user_id" : "wa_id")}\":{JsonSerializer.Serialize(waId ?? to, SimulatorJson.Options)}";
        var mark = Encoding.UTF8.GetBytes(property);
        while (true)
        {
            // From the file, because memory holds no messages; without the lock, because it may take a second.
            var era = Volatile.Read(ref _era);
            var newest = new Queue<JournalPlace>();
            foreach (var (place, line) in _journal.Lines())
            {
                if (ProgressLine.Is(line.Span) || line.Span.IndexOf(mark) < 0 || line.Span.IndexOf("\"inbound\":true"u8) is > 0 and < 40)
                {
                    continue;
                }

                if (newest.Count == limit)
                {
                    newest.Dequeue();
                }

                newest.Enqueue(place);
            }

            lock (_gate)
            {
                if (era == _era)
                {
                    // The mark may also have been in the content: a shared contact has a wa_id too.
                    return [.. newest.Select(_journal.Read).Where(message => to is null || (message.WaId ?? message.UserId) == (waId ?? to))];
                }
            }
        }
    }

    public string? NumberFor(string waId)
    {
        lock (_gate)
        {
            return _recipients.NumberFor(waId);
        }
    }

    /// <summary>Forgets everything, in the file too. Webhooks in flight may still arrive.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _era++;
            _journal.Clear();
            _due.Clear();
            _recipients.Clear();
            _stats = new SimulatorStats();
            foreach (var waiting in _firstReceipts.Values)
            {
                waiting.TrySetResult();
            }

            _firstReceipts.Clear();
        }
    }

    public void Dispose() => _journal.Dispose();

    private void Restore(MessageHead message, JournalPlace place, int settled)
    {
        _lastNumber = Math.Max(_lastNumber, message.Number);
        Count(message, settled);
        if (settled < message.Receipts.Count)
        {
            Schedule(new Owed(place, (short)settled, 0), message.Receipts[settled].Due);
        }
    }

    private void Count(MessageHead message, int settled)
    {
        _stats.ReceiptsOwed += message.Receipts.Count - settled;
        _stats.ReceiptsDelivered += settled;
        if (message.Inbound)
        {
            _stats.Replies++;
            return;
        }

        _stats.Accepted++;
        _stats.LostAnswers += message.AnswerLost ? 1 : 0;
        _recipients.Add(message);
    }

    private void Finish(IReadOnlyList<DueReceipt> receipts)
    {
        // Died before this line: the receiver gets them again, as it does from the real provider.
        _journal.Append(receipts.Select(due => new Progress(due.Message.Number, due.Message.Number, due.Owed.Next + 1)));
        _stats.ReceiptsOwed -= receipts.Count;
        foreach (var due in receipts)
        {
            Reported(due);
            var next = due.Owed.Next + 1;
            if (next < due.Message.Receipts.Count)
            {
                Schedule(due.Owed with { Next = (short)next, Attempts = 0 }, due.Message.Receipts[next].Due);
            }
        }
    }

    private void Reported(DueReceipt due)
    {
        if (_firstReceipts.Remove(due.Message.Number, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    private void Schedule(Owed owed, long due)
    {
        if (_due.Add(owed, due, Now) < _sleepsUntil)
        {
            Wake();
        }
    }
}
